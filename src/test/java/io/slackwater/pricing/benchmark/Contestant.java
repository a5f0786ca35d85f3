package io.slackwater.pricing.benchmark;

/** What can be run end to end, under the name by which {@code --runs} asks for it. */
enum Contestant {
    LIMIT("bare loop", Program.PLAIN_LOOP, null, false, false),
    LOOP("loop of the job's own classes", Program.OWN_LOOP, null, false, false),
    STREAMS("Kafka Streams", Program.STREAMS, null, false, false),
    FLINK_HASHMAP("ordinary Flink job, HashMap", Program.FLINK, "hashmap", false, false),
    FLINK_ROCKSDB("ordinary Flink job, RocksDB", Program.FLINK, "rocksdb", false, false),
    HASHMAP("job, HashMap", Program.JOB, "hashmap", false, false),
    HASHMAP_TRACE("job, HashMap, trace", Program.JOB, "hashmap", true, false),
    ROCKSDB("job, RocksDB", Program.JOB, "rocksdb", false, false),
    LOOP_LAKE("loop of the job's own classes + Iceberg", Program.OWN_LOOP, null, false, true),
    HASHMAP_LAKE("job, HashMap + Iceberg", Program.JOB, "hashmap", false, true),
    ROCKSDB_LAKE("job, RocksDB + Iceberg", Program.JOB, "rocksdb", false, true);

    /** What a contestant runs. */
    enum Program {
        /** {@link PlainLoop}. */
        PLAIN_LOOP,
        /** {@link BareLoop}. */
        OWN_LOOP,
        /** {@link StreamsPipeline}. */
        STREAMS,
        /** {@link OrdinaryFlinkJob}. */
        FLINK,
        /** The pricing job. */
        JOB
    }

    final String title;
    final Program program;

    /** Flink's name of it; null: no Flink. */
    final String stateBackend;

    /** Whether each price says how it was made. */
    final boolean trace;

    final boolean lake;

    Contestant(String title, Program program, String stateBackend, boolean trace, boolean lake) {
        this.title = title;
        this.program = program;
        this.stateBackend = stateBackend;
        this.trace = trace;
        this.lake = lake;
    }

    /** Returns the contestant that an ordinary user would write instead; null: it has none. */
    Contestant ordinary() {
        if (program != Program.JOB || lake) {
            return null;
        }
        return stateBackend.equals("hashmap") ? FLINK_HASHMAP : FLINK_ROCKSDB;
    }
}
