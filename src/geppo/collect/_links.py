"""Links of a listing page or a sitemap."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree

from geppo.errors import InputError

_MOST = 20_000
_GZIP = b"\x1f\x8b"


def unpacked(data: bytes, most: int, where: str) -> bytes:
    """A file that is itself packed with gzip, unpacked. Raises InputError: bomb, truncated, encoding."""
    if not data.startswith(_GZIP):
        return data
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        out = unpacker.decompress(data, most + 1)
    except zlib.error as error:
        raise InputError("encoding", f"{where}: a broken gzip file ({error})") from error
    if len(out) > most:
        raise InputError("bomb", f"{where}: {len(data)} bytes unpack to more than {most}")
    if not unpacker.eof:
        raise InputError("truncated", f"{where}: the gzip file ends too early")
    return out


def sitemap(data: bytes) -> list[tuple[str, str]] | None:
    """Addresses of a sitemap with their last change, in order; None if the data are no sitemap (sitemaps.org)."""
    if b"<urlset" not in data[:5_000] and b"<sitemapindex" not in data[:5_000]:
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, huge_tree=False)
    try:
        root = etree.fromstring(data, parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    found: list[tuple[str, str]] = []
    for element in root.iter("{*}loc") if root is not None else ():
        parent = element.getparent()
        changed = parent.findtext("{*}lastmod") if parent is not None else ""
        found.append(((element.text or "").strip(), (changed or "").strip()))
        if len(found) >= _MOST:
            break
    return found


def links(data: bytes, base: str) -> Iterator[str]:
    """Absolute addresses of the links of a page, in order, each once, without what stands behind `#`."""
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data.replace(b"\x00", b""), parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    if root is None:
        return
    own = next(root.iter("base"), None)
    base = _joined(base, (own.get("href") or "") if own is not None else "") or base
    seen: set[str] = set()
    for element in root.iter("a", "area"):
        url = _joined(base, element.get("href") or "")
        if url and url not in seen:
            seen.add(url)
            yield url
        if len(seen) >= _MOST:
            return


def _joined(base: str, href: str) -> str:
    try:
        url = urldefrag(urljoin(base, href.strip())).url
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""
