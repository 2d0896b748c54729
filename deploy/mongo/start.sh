#!/bin/bash
# Members of a replica set with users share a key, in a file that nobody else may read: mongod
# refuses any other. Out of the environment it becomes one.
set -euo pipefail
umask 077
printf '%s\n' "$MONGO_REPLICA_KEY" >/tmp/replica.key
# Transactions of a server that was killed end after 15 s, not after 60.
exec docker-entrypoint.sh mongod --replSet rs0 --keyFile /tmp/replica.key --bind_ip_all \
    --setParameter transactionLifetimeLimitSeconds=15 --wiredTigerCacheSizeGB "${MONGO_CACHE_GB:-0.5}"
