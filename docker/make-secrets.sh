#!/bin/sh
# Makes the secrets of docker/compose.yaml, each once: a second run changes nothing.
set -eu
umask 077
folder="$(cd "$(dirname "$0")" && pwd)/secrets"
mkdir -p "$folder"

random() { head -c 36 /dev/urandom | base64 | tr '+/' '-_'; }
keep() { [ -s "$folder/$1" ] || printf '%s' "$2" > "$folder/$1"; }

keep jwt_secret "$(random)"
keep session_secret "$(random)"
keep turn_secret "$(random)"
# What the nodes signed with before it was changed; until then, something that nobody signs with.
keep turn_secret_previous "$(random)"
keep postgres_password "$(random)"
keep redis_password "$(random)"
keep database_url "postgres://parley:$(cat "$folder/postgres_password")@postgres:5432/parley"
keep redis_url "redis://:$(cat "$folder/redis_password")@redis:6379"

# The proxy's certificate: a self-signed one for localhost, until you put yours (with its chain) and its key there.
if [ ! -s "$folder/tls_key" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$folder/tls_key" -out "$folder/tls_certificate"
fi

# Compose mounts the files as they are, and the containers' users are not ours; the folder keeps other users out.
chmod 0444 "$folder"/*
chmod 0700 "$folder"
echo "secrets are in $folder"
