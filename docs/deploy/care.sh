#!/bin/sh
# What a timer does on a machine of its own, done in a container beside the service: a backup, then what keeps it well.
# /tmp/well is there while the last round was; compose.yaml asks for it.
set -u
while :; do
    well=yes
    if assets-service backup /backups; then
        find /backups -mindepth 1 -maxdepth 1 -type d -name 'assets-*' -mtime +35 -exec rm -r {} +
    else
        well=no
    fi
    for task in sweep verify doctor; do
        assets-service "$task" || well=no
    done
    if [ "$well" = yes ]; then touch /tmp/well; else rm -f /tmp/well; fi
    sleep "${EVERY:-86400}" &
    wait $!
done
