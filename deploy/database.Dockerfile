# PostGIS with the Polish dictionary that search relies on (docs/decisions/0002-folded-dictionary.md).
FROM python:3.11-slim-bookworm AS dictionary
RUN apt-get update && apt-get install -y --no-install-recommends hunspell-pl
WORKDIR /build
COPY setup/ setup/
COPY mapapp/__init__.py mapapp/postgres.py mapapp/
RUN mkdir /dictionary && python -m setup.dictionary /usr/share/hunspell /dictionary

FROM postgis/postgis:16-3.4
COPY --from=dictionary /dictionary/ /usr/share/postgresql/16/tsearch_data/
