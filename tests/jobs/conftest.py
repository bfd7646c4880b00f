from tests.services.conftest import clinic as clinic
from tests.services.conftest import either as either
from tests.services.conftest import on_postgresql as on_postgresql
from tests.services.conftest import postgresql_template as postgresql_template
from tests.services.conftest import sqlite_template as sqlite_template
from tests.services.conftest import sqlite_url as sqlite_url
