"""`make bench`: all tables, one after the other."""

from bench.claims import main as claims
from bench.speed import main as speed

claims()
speed()
