"""`geppo why`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from geppo.cli import _place
from geppo.deliver import defang
from geppo.errors import UsageError


def run(identifier: str, *, issue: Path | None = None, workspace: Path | None = None) -> int:
    """Walk from a sentence (or a claim, an assessment, a story) to the passages it rests on.

    Examples: `geppo why s0123456789`, `geppo why s0123456789 --issue out/2025-11/edition.json`

    The name of a network in your own records, or its track, leads to its rows.

    Parameters
    ----------
    identifier
        An id as printed in edition.json and on the page; its beginning is enough where it is unambiguous.
    issue
        The edition.json to ask; by default the newest one below the workspace (or below ./geppo-demo).
    workspace
        The workspace; by default the nearest folder upward with a geppo.toml, else ./geppo-demo.
    """
    file = issue or _newest(workspace)
    data = json.loads(file.read_text(encoding="utf-8"))
    index = _Index(data)
    lines = index.explain(identifier)
    if not lines:
        raise UsageError(f"why: no sentence, assessment, claim, story or network {identifier!r} in {file}")
    print("\n".join(lines))
    return 0


def _newest(workspace: Path | None) -> Path:
    place = _place.open_workspace(workspace, otherwise=Path(_place.DEMO))
    place.store.close()
    found = sorted(place.root.rglob("edition.json"), key=lambda path: (path.parent.name, path.stat().st_mtime))
    if not found:
        raise UsageError(f"why: no edition.json below {place.root}; write one with `geppo month YYYY-MM`")
    return found[-1]


class _Index:
    def __init__(self, data: dict[str, Any]) -> None:
        self.claims = {row["id"]: row for row in data["claims"]}
        self.assessments = {row["id"]: row for row in data["assessments"]}
        self.stories = {row["id"]: row for row in data["stories"]}
        self.documents = {row["sha256"]: row for row in data.get("documents", [])}
        self.networks = {row["track"]: row for row in data.get("networks", [])}
        self.sentences: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        for edition in data["editions"]:
            rows = list(edition.get("key_judgements", []))
            rows += [s for section in edition["sections"] for s in section["sentences"]]
            for row in rows:
                said = self.sentences.setdefault(row["id"], [])
                if all(text["text"] != row["text"] for _, text in said):
                    said.append((edition["language"], row))

    def explain(self, given: str) -> list[str]:
        named = [key for key, row in self.networks.items() if given in (row["name"], key)]
        if named:
            return [line for key in named for line in self._network(key)]
        for table in (self.sentences, self.assessments, self.claims, self.stories):
            matches = sorted(key for key in table if key.startswith(given))
            if given in table:
                matches = [given]
            if len(matches) > 1:
                raise UsageError(f"why: {given!r} begins several ids: {', '.join(matches[:5])}")
            if matches:
                return self._of(matches[0])
        return []

    def _of(self, key: str) -> list[str]:
        if key in self.sentences:
            return self._sentence(key)
        if key in self.assessments:
            return self._assessment(key, "")
        if key in self.claims:
            return self._claim(key, "")
        story = self.stories[key]
        out = [f"story {key}: rank {story['rank']}, {story['independent_origins']} independent origins"]
        return out + [f"  {part}: {value:+.2f}" for part, value in story["score"].items()]

    def _sentence(self, key: str) -> list[str]:
        out = [f"sentence {key}"]
        for language, row in self.sentences[key]:
            out.append(f"  {language}: {row['text']}")
            if row.get("machine"):
                out.append(f"    rephrased by {row['edited_by']}; geppo wrote: {row['machine']}")
        row = self.sentences[key][0][1]
        for assessment in row["assessments"]:
            out += self._assessment(assessment, "  ")
        for claim in row["claims"]:
            out += self._claim(claim, "  ")
        said = [self.claims[claim] for claim in row["claims"] if claim in self.claims]
        told = {(one["report"], one["subject"]["name"]) for one in said}
        for key, network in self.networks.items():
            if (network["report"], network["name"]) in told:
                out += self._network(key, "  ")
        return out

    def _network(self, key: str, indent: str = "") -> list[str]:
        """The rows of a network in our own records, as our note holds them."""
        row = self.networks[key]
        seen = "made records, seen nowhere" if row["made"] else "our own records"
        out = [f"{indent}network {row['name']} ({key}, {row['class']}): {seen}; rows of geppo relay track"]
        out += [f"{indent}  row {one['start']}-{one['end']}: “{one['text']}”" for one in row["rows"]]
        return [*out, f"{indent}  document sha256 {row['report']}"]

    def _assessment(self, key: str, indent: str) -> list[str]:
        row = self.assessments.get(key)
        if row is None:
            return [f"{indent}assessment {key}: not in this issue"]
        out = [f"{indent}assessment {key}: {row['kind']}"]
        if row.get("likelihood"):
            low, point, high = (round(row["likelihood"][part] * 100) for part in ("low", "point", "high"))
            out.append(f"{indent}  likelihood about {point}% (range {low}-{high}%)")
        if row.get("confidence"):
            out.append(f"{indent}  confidence {row['confidence']}")
        for item in row.get("evidence", []):
            used = f"{item['weight']:+.2f} bits" if item["used"] else "not counted"
            reason = f"; {defang(item['reason'])}" if item["reason"] else ""
            out.append(f"{indent}  evidence {item['kind']} {defang(item['value'])}: {used}{reason}")
        out += [f"{indent}  rival {item['name']}: {item['share']:.0%}" for item in row["rivals"]]
        out += [
            f"{indent}  would change it: {item['name']} ({item['shift'] * 100:+.0f} points)"
            for item in row["would_change"]
        ]
        return out

    def _claim(self, key: str, indent: str) -> list[str]:
        row = self.claims.get(key)
        if row is None:
            return [f"{indent}claim {key}: not in this issue"]
        polarity = "not " if row["negated"] else ""
        object_ = f" {row['object']['name']}" if row.get("object") else ""
        passage, document = row["passage"], self.documents.get(row["report"], {})
        voice = f", quoting {' > '.join(row['voices'])}" if row["voices"] else ""
        hedge = row["hedge"]["rung"] + (f" (“{row['hedge']['text']}”)" if row["hedge"]["text"] else "")
        grade = f", {row['hedge']['grade']} confidence" if row["hedge"].get("grade") else ""
        out = [
            f"{indent}claim {key}: {row['subject']['name']} {polarity}{row['predicate']}{object_}",
            f"{indent}  by {row['publisher']}{voice}, {row['published']}; {hedge}{grade}; read by rule {row['rule']}",
            f"{indent}  passage {passage['start']}-{passage['end']}: “{' '.join(passage['text'].split())}”",
            f"{indent}  document sha256 {row['report']}",
        ]
        owners = [one["name"] for one in row.get("qualifiers", ()) if one["role"] == "owner"]
        where = ["the passage" if name in passage["text"] else "the page, not the passage" for name in owners]
        out[1:1] = [f"{indent}  whose: {name} (from {place})" for name, place in zip(owners, where, strict=True)]
        if document:
            note = " (a note that retells the page)" if document.get("note") else ""
            out.append(f"{indent}  {document['title']}{note}")
            if document.get("url"):
                out.append(f"{indent}  {document['url']}")
        return out
