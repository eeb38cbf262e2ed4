"""`make bench`: all tables, one after the other."""

from bench.claims import main as claims
from bench.deliver import main as deliver
from bench.gold import main as gold
from bench.observables import main as observables
from bench.speed import main as speed
from bench.tables import main as tables
from bench.terms import main as terms
from bench.text import main as text

gold()
claims()
observables()
text()
terms()
tables()
speed()
deliver()
