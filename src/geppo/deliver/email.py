"""The edition as a mail file: plain text and HTML side by side, its pictures inside, ready for a channel to send."""

from __future__ import annotations

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from geppo import config
from geppo.config import Settings
from geppo.deliver._page import Page, as_utc, page
from geppo.deliver._paper import fill, packaged
from geppo.deliver._plain import plain
from geppo.deliver._typeset import compile_template, covered
from geppo.deliver._words import words
from geppo.errors import UsageError
from geppo.model.edition import Edition, Issue
from geppo.model.marking import Tlp

FORMAT = "eml"

_COLOURS = {"clear": "#ffffff", "green": "#33ff00", "amber": "#ffc000", "amber-strict": "#ffc000", "red": "#ff2b2b"}
"""Colours of the labels on black, as TLP 2.0 prints them."""


def _address(text: str, setting: str) -> Address:
    name, address = parseaddr(text)
    user, at, domain = address.rpartition("@")
    if not (user and at and domain) or not address.isascii():
        raise UsageError(f"setting {setting}: expected a mail address, got {text!r}")
    return Address(display_name=name, username=user, domain=domain)


def _subject(made: Page) -> str:
    """The edition's subject. TLP 2.0 wants the label of restricted information in the subject line."""
    return made.subject if made.marking == Tlp.CLEAR.label else f"[{made.marking}] {made.subject}"


def _pictures(issue: Issue, made: Page) -> list[bytes]:
    """The narrow drawings as PNG: most mail readers show no SVG, and on a phone the wide ones cannot be read."""
    template = packaged("picture.typ")
    moment = as_utc(issue.month.as_of)
    return [
        compile_template(template, {"svg": covered(picture.narrow)}, moment, form="png") for picture in made.figures
    ]


def _set_boundaries(message: EmailMessage, key: str) -> None:
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_geppo_{key}_{number}")


def render(issue: Issue, edition: Edition, settings: Settings | None = None) -> bytes:
    """One edition as an RFC 5322 message.

    Date, Message-ID and boundaries come from the issue, so that equal input gives equal bytes. Raises UsageError where
    a mail address in the settings is none.
    """
    chosen = settings or config.load()
    made = page(issue, edition)
    sender = _address(chosen.text("deliver.mail_from"), "deliver.mail_from")
    text = plain(made, words(edition.language))
    key = hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
    cids = [f"{picture.id}.{key}@{sender.domain}" for picture in made.figures]
    body = fill("mail.html.j2", made, colour=_COLOURS[made.marking_class], cids=cids).decode("utf-8")

    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _address(chosen.text("deliver.mail_to"), "deliver.mail_to")
    message["Subject"] = _subject(made)
    message["Date"] = format_datetime(as_utc(issue.month.as_of))
    message["Message-ID"] = f"<{issue.month.period}.{made.kind}.{made.language}.{key}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, charset="utf-8", cte="base64")
    message.add_alternative(body, subtype="html", charset="utf-8", cte="base64")
    html = next(part for part in message.iter_parts() if part.get_content_type() == "text/html")
    assert isinstance(html, EmailMessage)
    for cid, picture, view in zip(cids, _pictures(issue, made), made.figures, strict=True):
        html.add_related(picture, "image", "png", cid=f"<{cid}>", disposition="inline", filename=f"{view.id}.png")
    message["Content-Language"] = made.language
    _set_boundaries(message, key)
    return message.as_bytes()
