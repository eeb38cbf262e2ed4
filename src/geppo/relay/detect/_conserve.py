"""Do bytes belong together? A robust fit of the envelope, then the match against all other pairings.

Legs: one connection towards who steers against one to a target. Pieces of time: a tunnel that carries many connections
against all that were carried meanwhile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = Any

_SHARES = np.array([1.0, 1.015, 1.03, 1.06, 1.1, 1.15, 1.2, 1.3])
_BYTES = np.array([0.0, 60.0, 150.0, 300.0, 600.0, 1000.0, 1600.0])
_WIDTHS = (0.03, 0.1, 0.25)
_TRIALS_BITS = math.log2(_SHARES.size * _BYTES.size * len(_WIDTHS))
_SAMPLE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Conserved:
    """How well the bytes of a set of leg pairs agree.

    `bits` is n times the Kullback-Leibler divergence between the share of true pairs that agree and the share among all
    other pairings of the same legs, less the price of the fits tried. `share` is the former, `chance` the latter.
    `kept` is the number of pairs that agree, `overhead` the fitted share and bytes that the first leg has more.
    """

    bits: float
    share: float
    chance: float
    kept: int
    overhead: tuple[float, float]


def _residuals(outer: Array, inner: Array) -> tuple[Array, tuple[float, float]]:
    """Least absolute log residual over a grid of envelopes (share, bytes): robust, and needs no start value."""
    model = np.log(_SHARES[:, None, None] * inner + _BYTES[None, :, None])
    error = np.median(np.abs(np.log(outer) - model), axis=2)
    best = np.unravel_index(int(np.argmin(error)), error.shape)
    fitted = model[best]
    return np.log(outer)[:, None] - fitted[None, :], (float(_SHARES[best[0]]) - 1, float(_BYTES[best[1]]))


def _divergence(share: float, chance: float) -> float:
    """Kullback-Leibler divergence of two coins, in bits; 0 unless the first is the higher."""
    if share <= chance:
        return 0.0
    rest = (1 - share) * math.log2((1 - share) / (1 - chance)) if share < 1 else 0.0
    return share * math.log2(share / chance) + rest


def conserved(in_a: Array, out_b: Array, out_a: Array, in_b: Array, choices: float) -> Conserved:
    """Bytes received on the first leg against sent on the second, and the reverse.

    `choices` is the mean number of second legs among which each was chosen: the more, the more an agreement is luck.
    """
    step = max(in_a.size // _SAMPLE, 1)
    chosen = slice(None, None, step)
    up, overhead = _residuals(in_a[chosen].astype(float), out_b[chosen].astype(float))
    down, other = _residuals(out_a[chosen].astype(float), in_b[chosen].astype(float))
    size = up.shape[0]
    worst = np.maximum(np.abs(up), np.abs(down))
    best = Conserved(bits=0.0, share=0.0, chance=1.0, kept=0, overhead=(0.0, 0.0))
    for width in _WIDTHS:
        near = worst < width
        true = int(np.trace(near))
        chance = (int(near.sum()) - true + 0.5) / (size * (size - 1) + 1)
        chance = 1 - (1 - min(chance, 1.0)) ** max(choices, 1.0)
        bits = in_a.size * _divergence(true / size, chance) - _TRIALS_BITS
        if bits > best.bits:
            kept = round(true / size * in_a.size)
            envelope = (max(overhead[0], other[0]), max(overhead[1], other[1]))
            best = Conserved(bits=bits, share=true / size, chance=chance, kept=kept, overhead=envelope)
    return best


_PIECE_BYTES = np.append(_BYTES, 2500.0)
"""Bytes that a tunnel may add to each connection it carries: as much as between two legs (`pairs.sql`)."""
_SETUP = np.array([0.0, 1000.0, 4000.0])
"""Bytes of a tunnel's own: a TLS handshake has about 1 kB one way and 4 kB, with certificates, the other (RFC 8446)."""
_TURNS = 16
"""Most decoys of a tunnel."""
_LEAST_AGREE = 0.3
"""Share of the pieces, and of the bytes each way, that must agree: what a tunnel carries is all that it moves. Origin:
judgement. It bounds the work on cut flows too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """Volumes of a tunnel and of all other connections by piece of time; arrays of one length, all above 0.

    `moved` are bytes received from and sent to the tunnel in `tunnels` connections, `others` bytes sent to and received
    from all others in `count` connections, `length` is how long a piece is.
    """

    moved: tuple[Array, Array]
    tunnels: Array
    others: tuple[Array, Array]
    count: Array
    length: Array

    def residuals(self, turn: int) -> tuple[Array, float]:
        """Larger log residual of both ways by piece, at the best envelope of each way, and the larger share of these.

        An envelope is a share, bytes for each carried connection and bytes for each of the tunnel's. `turn` takes the
        others from the piece so many places before, at the rate that they had there.
        """
        scale = self.length / np.roll(self.length, turn)
        added = _PIECE_BYTES[:, None, None] * np.roll(self.count, turn) * scale + _SETUP[:, None] * self.tunnels
        far, shares = [], []
        for outer, inner in zip(self.moved, self.others, strict=True):
            carried = _SHARES[:, None, None, None] * np.roll(inner, turn) * scale
            residual = np.abs(np.log(outer) - np.log(carried + added))
            best = np.unravel_index(int(np.argmin(np.median(residual, axis=3))), residual.shape[:3])
            far.append(residual[best])
            shares.append(float(_SHARES[best[0]]) - 1)
        return np.maximum(*far), max(shares)


def conserved_pieces(pieces: Pieces) -> Conserved:
    """Do the bytes of a tunnel follow those of all other connections from piece to piece?

    Chance: the others of another piece at their rate, with an envelope of their own. What is only steady, or has more
    the longer a piece is, agrees with these as well and scores nothing.
    """
    size = pieces.length.size
    true, share = pieces.residuals(0)
    best = Conserved(bits=0.0, share=0.0, chance=1.0, kept=0, overhead=(0.0, 0.0))
    if int((true < _WIDTHS[-1]).sum()) < max(_LEAST_AGREE * size, 2):
        return best
    turns = range(1, size, max((size - 1) // _TURNS, 1))
    false = np.stack([pieces.residuals(turn)[0] for turn in turns])
    for width in _WIDTHS:
        near, hits = true < width, (false < width).sum(axis=1)
        kept = int(near.sum())
        if min(float(way[near].sum() / way.sum()) for way in pieces.moved) < _LEAST_AGREE:
            continue
        chance = (int(hits.sum()) + 0.5) / (false.size + 1)
        # Pieces beside each other are alike: where hits vary more than those of a coin, pieces count for less.
        alike = max(float(np.mean((hits - size * chance) ** 2)) / (size * chance * (1 - chance)), 1.0)
        bits = size * _divergence(kept / size, chance) / alike - math.log2(len(_WIDTHS))
        if bits > best.bits:
            best = Conserved(bits=bits, share=kept / size, chance=chance, kept=kept, overhead=(share, 0.0))
    return best


def poisson_bits(hits: int, mean: float) -> float:
    """-log2 of the chance of `hits` or more under a Poisson law; Chernoff's bound, which is exact enough far out."""
    if hits <= mean:
        return 0.0
    return (hits * math.log(hits / mean) - hits + mean) / math.log(2)
