"""From files to canonical rows: recognise, read those of one layout together, check, count.

Text is staged as Parquet, once; Parquet in which nothing has to be mended is used where it lies.
"""

# ruff: noqa: S608 - SQL is put together from names and literals that name() and quoted() made
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib import resources
from pathlib import Path

import duckdb

from geppo.config import Settings
from geppo.errors import InputError
from geppo.model.report import Gap
from geppo.telemetry import mending
from geppo.telemetry.formats import Hints, recognise
from geppo.telemetry.layout import (
    BAD,
    CERTIFICATE_TABLE,
    CHANGED,
    DOUBTFUL,
    HALVES,
    OTHER,
    Layout,
    PassOver,
    Table,
    Typed,
    name,
    quoted,
    staging,
)
from geppo.telemetry.report import FileReport, Report, Sample
from geppo.telemetry.source import Source, head

_PORTED = """"id.orig_p" IS NOT NULL AND "id.resp_p" IS NOT NULL AND proto IN ('tcp', 'udp', 'sctp')"""
"""What can be joined at all, as `pairing.sql` has it."""


@dataclass(slots=True)
class _File:
    """A file of the report and the links under which its pieces are read."""

    source: Source
    compression: str
    format: str
    table: Table
    lined: bool
    links: list[int] = field(default_factory=list)
    mended: mending.Mended = field(default_factory=mending.Mended)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Something to read: a file or a mended part of one, under a link whose name is safe in SQL."""

    file: _File
    link: int
    path: Path
    compression: str


@dataclass(slots=True)
class Stage:
    """The work on one table (`flow` or `service`) in the folder `work`."""

    connection: duckdb.DuckDBPyConnection
    settings: Settings
    table: Table
    work: Path
    hints: Hints = field(default_factory=Hints)
    files: list[_File] = field(default_factory=list)
    direct: list[tuple[Layout, tuple[int, ...]]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)
    _counts: dict[int, tuple[int, datetime | None, datetime | None]] = field(default_factory=dict)
    _joined: int = 0
    _unpaired: int = 0
    _links: int = 0
    _parts: int = 0

    def take(self, sources: Sequence[Source]) -> None:
        """Read files; what cannot be read becomes a gap."""
        for folder in (
            "in",
            "mended",
            *(f"staged/{one}" for one in (self.table.name, CERTIFICATE_TABLE.name, HALVES)),
        ):
            (self.work / folder).mkdir(parents=True, exist_ok=True)
        groups: dict[tuple[Layout, str], list[_Piece]] = {}
        for source in sources:
            try:
                for layout, piece in self._pieces(source):
                    groups.setdefault((layout, piece.compression), []).append(piece)
            except InputError as error:
                self.gaps.append(Gap(source=source.name, kind=error.kind, message=str(error)))
        most = max(1, self.settings.integer("telemetry.files_a_pass"))
        for (layout, _), pieces in groups.items():
            for at in range(0, len(pieces), most):
                self._read(layout, pieces[at : at + most], mend=True)
        self._pair()

    def _pair(self) -> None:
        """Join one-sided flows to connections."""
        staged = self.staged(HALVES)
        if staged is None:
            return
        sql = resources.files("geppo.telemetry").joinpath("pairing.sql").read_text(encoding="utf-8")
        pause = max(0, self.settings.integer("telemetry.pair_seconds"))
        nothing = ", ".join(f"CAST(NULL AS VARCHAR) AS {one}" for one in ("_problem", "_line", "_mark"))
        joined = sql.format(staged=staged, pause=pause)
        made = f"SELECT *, -1 AS _file, CAST(0 AS TINYINT) AS _kind, {nothing} FROM ({joined})"
        target = self.work / "staged" / self.table.name / "paired.parquet"
        self.connection.execute(f"COPY ({made}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)")
        before = self.connection.execute(f"SELECT count(*) FROM {staged} WHERE _kind < 2").fetchall()[0][0]
        lone = f"resp_bytes IS NULL AND resp_pkts IS NULL AND {_PORTED}"
        after, unpaired = self.connection.execute(
            f"SELECT count(*), count(*) FILTER ({lone}) FROM read_parquet({quoted(str(target))})"
        ).fetchall()[0]
        self._joined, self._unpaired = int(before) - int(after), int(unpaired)

    def _pieces(self, source: Source) -> Iterator[tuple[Layout, _Piece]]:
        found = head(source)
        layout = recognise(found, self.table.name, self.hints)
        if isinstance(layout, PassOver):
            self.passed.append((source.name, layout.what))
            return
        file = _File(
            source=source,
            compression=found.compression,
            format=layout.format,
            table=layout.table,
            lined=not isinstance(layout.fields, Typed),
        )
        path, compression = source.path, found.compression
        if layout.prepare is not None:
            path = self.work / "mended" / f"prepared-{self._links:07d}"
            layout.prepare(source.path, path, self.settings)
            again = recognise(head(Source(name=source.name, path=path)), self.table.name, self.hints)
            if isinstance(again, PassOver) or again.prepare is not None:
                raise InputError("unreadable", f"{source.name}: {layout.format} gave no records of {self.table.name}")
            layout, compression = again, "none"
            file.source, file.compression, file.table = Source(name=source.name, path=path), "none", again.table
        self.files.append(file)
        yield layout, self._link(file, path, compression)

    def _link(self, file: _File, path: Path, compression: str) -> _Piece:
        link, self._links = self._links, self._links + 1
        (self.work / "in" / f"{link:07d}").symlink_to(path.resolve())
        file.links.append(link)
        return _Piece(file=file, link=link, path=path, compression=compression)

    def source_of(self, links: Sequence[int]) -> str:
        """A SQL list of the paths of links."""
        return "[" + ", ".join(quoted(str(self.work / "in" / f"{link:07d}")) for link in links) + "]"

    def _lines(self, layout: Layout, pieces: Sequence[_Piece]) -> str:
        links = self.source_of([piece.link for piece in pieces])
        number = "CAST(right(filename, 7) AS INTEGER) AS _file"
        if isinstance(layout.fields, Typed):
            columns = [f"{name(column)} AS c{i}" for i, column in enumerate(layout.fields.columns, 1)]
            shown = ", ".join(f"CAST(c{i} AS VARCHAR)" for i in range(1, len(columns) + 1))
            kept = f" WHERE {layout.fields.where}" if layout.fields.where else ""
            inner = f"SELECT {', '.join(columns)}, {number} FROM read_parquet({links}, filename = true){kept}"
            return f"SELECT *, concat_ws(' | ', {shown}) AS line FROM ({inner})"
        most = self.settings.integer("telemetry.line_bytes")
        compression = {"gzip": "gzip", "none": "none"}[pieces[0].compression]
        # delim = '' makes a line one value. nullstr must never occur, or the line would be lost.
        return (
            f"SELECT rtrim(line, chr(13)) AS line, {number} FROM read_csv({links}, columns = {{'line': 'VARCHAR'}}, "
            "delim = '', quote = '', escape = '', header = false, auto_detect = false, strict_mode = false, "
            f"new_line = '\\n', nullstr = chr(1) || chr(2), filename = true, max_line_size = {most}, "
            f"compression = '{compression}')"
        )

    def _read(self, layout: Layout, pieces: Sequence[_Piece], *, mend: bool) -> None:
        """Stage pieces of one layout, halving the lot where one of them fails."""
        if mend and pieces[0].compression in {"bz2", "xz"}:
            for piece in pieces:
                self._mend(piece)
            return
        if isinstance(layout.fields, Typed) and not layout.one_sided and self._as_it_lies(layout, pieces):
            return
        folder = HALVES if layout.one_sided else layout.table.name
        part = self.work / "staged" / folder / f"{self._parts:07d}.parquet"
        self._parts += 1
        try:
            made = staging(layout, self._lines(layout, pieces))
            self.connection.execute(f"COPY ({made}) TO {quoted(str(part))} (FORMAT parquet, COMPRESSION zstd)")
        except duckdb.Error as error:
            part.unlink(missing_ok=True)
            self._failed(layout, pieces, error, mend=mend)
            return
        changed = self._changed(part) if layout.changed and mend else set()
        if changed:
            part.unlink()
            rest = [piece for piece in pieces if piece.link not in changed]
            if rest:
                self._read(layout, rest, mend=mend)
            for piece in pieces:
                if piece.link in changed:
                    self._mend(piece)

    def _failed(self, layout: Layout, pieces: Sequence[_Piece], error: duckdb.Error, *, mend: bool) -> None:
        if isinstance(error, duckdb.OutOfMemoryException):
            raise error
        if len(pieces) > 1:
            half = len(pieces) // 2
            self._read(layout, pieces[:half], mend=mend)
            self._read(layout, pieces[half:], mend=mend)
        elif mend and not isinstance(layout.fields, Typed):
            self._mend(pieces[0])
        else:
            told = str(error).strip().split("\n")[0]
            self._gap(pieces[0].file, "unreadable", f"cannot be read: {told}")

    def _changed(self, part: Path) -> set[int]:
        sql = f"SELECT DISTINCT _file FROM read_parquet({quoted(str(part))}) WHERE _kind = {CHANGED}"
        return {int(link) for (link,) in self.connection.execute(sql).fetchall()}

    def _mend(self, piece: _Piece) -> None:
        """Read a file line by line in Python and stage what is left of it."""
        file = piece.file
        file.links.remove(piece.link)
        folder = self.work / "mended" / f"{piece.link:07d}"
        folder.mkdir()
        most, samples = self.settings.integer("telemetry.line_bytes"), self.settings.integer("telemetry.samples")
        file.mended = mending.mend(file.source, piece.compression, folder, most=most, samples=samples)
        if file.mended.damage:
            self._gap(file, "damaged", f"breaks off: {file.mended.damage}; the lines before that are read")
        if file.mended.replaced:
            self._gap(file, "encoding", f"{file.mended.replaced} lines hold bytes that are no UTF-8; they are replaced")
        for path in file.mended.pieces:
            try:
                layout = recognise(head(Source(name=file.source.name, path=path)), self.table.name, self.hints)
            except InputError as error:
                self.gaps.append(Gap(source=file.source.name, kind=error.kind, message=str(error)))
                continue
            if isinstance(layout, Layout):
                self._read(layout, [self._link(file, path, "none")], mend=False)

    def _gap(self, file: _File, kind: str, message: str) -> None:
        self.gaps.append(Gap(source=file.source.name, kind=kind, message=f"{file.source.name}: {message}."))

    def _as_it_lies(self, layout: Layout, pieces: Sequence[_Piece]) -> bool:
        """Whether Parquet needs no mending; then it becomes part of the view as it is."""
        assert isinstance(layout.fields, Typed)
        given = dict(layout.fields.direct)
        if any(column not in given for column in layout.table.needed):
            return False
        lines = self._lines(layout, pieces)
        wrong = [f"{given[column]} IS NULL" for column in layout.table.needed]
        ports = [given[column] for column in ("id.orig_p", "id.resp_p", "port") if column in given]
        wrong += [f"{port} NOT BETWEEN 0 AND 65535" for port in ports]
        wrong += [f"{given[column]} < 0" for column in given if column.endswith(("_bytes", "_pkts"))]
        wrong += [f"NOT ({given[column]} BETWEEN 0 AND 1e9)" for column in given if column == "duration"]
        ts = given["ts"]
        try:
            rows = self.connection.execute(
                f"SELECT _file, count(*), coalesce(bool_or({' OR '.join(wrong)}), false), min({ts}), max({ts}) "
                f"FROM ({lines}) GROUP BY _file"
            ).fetchall()
            if any(row[2] for row in rows) or not self._normal(layout, lines, given):
                return False
        except duckdb.Error:
            return False
        self._counts |= {int(link): (int(count), first, last) for link, count, _, first, last in rows}
        self.direct.append((layout, tuple(piece.link for piece in pieces)))
        return True

    def _normal(self, layout: Layout, lines: str, given: dict[str, str]) -> bool:
        """Whether every address and protocol has its normal form already; distinct values only, so it is quick."""
        assert isinstance(layout.fields, Typed)
        if layout.fields.known:
            return True
        checks = [(given[one], "as_address(x)") for one in ("id.orig_h", "id.resp_h", "ip") if one in given]
        checks += [(given["proto"], "lower(x)")] if "proto" in given else []
        return not any(
            self.connection.execute(
                f"SELECT 1 FROM (SELECT DISTINCT {column} AS x FROM ({lines})) WHERE {form} IS DISTINCT FROM x LIMIT 1"
            ).fetchall()
            for column, form in checks
        )

    def report(self) -> Report:
        """What became of each file."""
        sums: dict[int, tuple[int, int, int, int, datetime | None, datetime | None]] = {
            link: (rows, 0, 0, 0, first, last) for link, (rows, first, last) in self._counts.items()
        }
        samples: dict[int, list[tuple[str, str, str]]] = {}
        for table in (self.table.name, CERTIFICATE_TABLE.name, HALVES):
            staged = self.staged(table)
            if staged is None:
                continue
            sums |= {int(row[0]): row[1:] for row in self.connection.execute(_SUMS.format(staged=staged)).fetchall()}
            wanted = self.connection.execute(
                _SAMPLES.format(staged=staged), [self.settings.integer("telemetry.samples")]
            )
            for link, problem, text, mark in wanted.fetchall():
                samples.setdefault(int(link), []).append((problem, text, mark))
        files = [self._file(file, sums, samples) for file in self.files]
        return Report(
            files=tuple(sorted(files, key=lambda one: one.name)),
            joined=self._joined,
            unpaired=self._unpaired,
            passed_over=tuple(sorted(self.passed)),
            gaps=tuple(sorted(self.gaps, key=lambda gap: (gap.source, gap.kind, gap.message))),
        )

    def staged(self, table: str) -> str | None:
        """The staged rows of a table as SQL, or None where there are none."""
        folder = self.work / "staged" / table
        if not any(folder.glob("*.parquet")):
            return None
        return f"read_parquet({quoted(str(folder / '*.parquet'))})"

    def _file(
        self,
        file: _File,
        sums: dict[int, tuple[int, int, int, int, datetime | None, datetime | None]],
        samples: dict[int, list[tuple[str, str, str]]],
    ) -> FileReport:
        parts = [sums[link] for link in file.links if link in sums]
        told = [one for link in file.links for one in samples.get(link, [])]
        most = self.settings.integer("telemetry.line_bytes")
        at: dict[str, int] = {}
        if told and file.lined:
            at = mending.numbers(file.source, file.compression, {mark for _, _, mark in told}, most)
        shown = [Sample(line=at.get(mark), reason=reason, text=text) for reason, text, mark in told]
        shown += file.mended.samples
        shown.sort(key=lambda one: (one.line is None, one.line or 0, one.reason, one.text))
        return FileReport(
            name=file.source.name,
            format=file.format,
            rows=sum(part[0] for part in parts),
            doubtful=sum(part[1] for part in parts),
            bad=sum(part[2] for part in parts) + file.mended.bad,
            other=sum(part[3] for part in parts),
            first=min((part[4] for part in parts if part[4] is not None), default=None),
            last=max((part[5] for part in parts if part[5] is not None), default=None),
            samples=tuple(shown[: self.settings.integer("telemetry.samples")]),
        )


_SUMS = f"""
SELECT _file, count(*) FILTER (_kind < {BAD}), count(*) FILTER (_kind = {DOUBTFUL}), count(*) FILTER (_kind = {BAD}),
       count(*) FILTER (_kind = {OTHER}), min(ts) FILTER (_kind < {BAD}), max(ts) FILTER (_kind < {BAD})
FROM {{staged}} GROUP BY _file
"""
_SAMPLES = f"""
SELECT _file, _problem, _line, _mark FROM {{staged}} WHERE _kind IN ({DOUBTFUL}, {BAD})
QUALIFY row_number() OVER (PARTITION BY _file ORDER BY _kind DESC, _problem, _mark) <= ? ORDER BY ALL
"""
