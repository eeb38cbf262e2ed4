"""Big tables: records that a defender already has, in any usual format, as views of canonical columns.

`flows` and `services` open files and folders and give an `Engine`; `to_parquet` keeps flows in a form that a day of an
enterprise can be read from in parts; `expressions` are the group-bys that also run on Spark and ClickHouse.
"""

from geppo.telemetry.engine import Engine, flows, services
from geppo.telemetry.report import FileReport, Report, Sample

__all__ = ["Engine", "FileReport", "Report", "Sample", "flows", "services"]
