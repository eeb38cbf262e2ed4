"""Who is who: names by namer, places, sectors, concepts, publishers, agreements. Data files and what finds them."""

from geppo.catalog.agreements import Agreement
from geppo.catalog.catalog import Catalog
from geppo.catalog.names import Alias, Entry, Name
from geppo.catalog.publishers import Publisher

__all__ = ["Agreement", "Alias", "Catalog", "Entry", "Name", "Publisher"]
