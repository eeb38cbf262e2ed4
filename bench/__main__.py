"""`make bench`: all tables, one after the other."""

from bench.chains import main as chains
from bench.claims import main as claims
from bench.collect import main as collect
from bench.deliver import main as deliver
from bench.editions import main as editions
from bench.exchange import main as exchange
from bench.gold import main as gold
from bench.judge import main as judge
from bench.observables import main as observables
from bench.speed import main as speed
from bench.tables import main as tables
from bench.terms import main as terms
from bench.text import main as text

gold()
claims()
chains()
judge()
observables()
text()
terms()
tables()
speed()
deliver()
collect()
exchange()
editions()
