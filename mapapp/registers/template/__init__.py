"""Our own form of a register's file: everything the directory can hold of a facility, one row per service or branch."""
