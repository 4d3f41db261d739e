#!/bin/sh
# Makes a database for each service, a role that owns and migrates it, and one that serves, with the passwords of deploy/make-secrets in the
# folder PASSWORDS. PostgreSQL's image runs it when its data is new; elsewhere psql's own variables say which server, and as whom.
set -eu
for service in enrollment verification relationship notification; do
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${PGUSER:-postgres}" --dbname postgres \
        --set service="$service" --set password="$(cat "${PASSWORDS:-/secret}/$service/password")" \
        --set owner="${service}_owner" --set owners="$(cat "${PASSWORDS:-/secret}/$service-owner/password")" <<'END'
CREATE ROLE :"owner" LOGIN PASSWORD :'owners';
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"owner";
REVOKE CONNECT ON DATABASE :"service" FROM PUBLIC;
END
done
