# The application: granian with the map. The database is built from deploy/database.Dockerfile.
FROM node:20-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM python:3.11-slim-bookworm
WORKDIR /app
COPY requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/runtime.txt
COPY . .
COPY --from=assets /build/node_modules/leaflet/dist static/vendor/leaflet
RUN pip install --no-cache-dir --no-deps --no-build-isolation -e . \
    && pybabel compile -d translations \
    && useradd --system --home /app mapapp && mkdir -p var/releases && chown -R mapapp var
USER mapapp
ENV MAPAPP_ENVIRONMENT=production MAPAPP_HOST=0.0.0.0 MAPAPP_BEHIND_PROXY=true
EXPOSE 8000
CMD ["mapapp", "serve"]
