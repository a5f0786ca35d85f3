package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.demo.Broker;
import io.slackwater.pricing.demo.Database;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * How many output records the job makes of a second of processor time, against a {@link BareLoop}
 * that makes the same price list without Flink.
 *
 * <p>A fresh broker in a JVM of its own, a preloaded topic, and then one run after the other, each
 * in a JVM of its own ({@link BenchmarkRun}) whose whole processor time counts: compiler, garbage
 * collector and all. What the same run costs without any input is measured first and subtracted for
 * the second figure: it says what the work costs once everything has started.
 *
 * <p>After every run the price list is read back. Each key must have the versions 1 to n, without a
 * gap and without a duplicate, and must end with the same quantity, price and event time in all
 * runs; else the figure is worth nothing and the benchmark fails.
 */
public final class EndToEndBenchmark {

    private static final long SEED = 20261121;
    private static final int PARTITIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Path CONF = Path.of("flink-conf");

    /** What can be run. */
    enum Variant {
        LOOP("bare loop", null, false),
        HASHMAP("job, HashMap", "hashmap", false),
        ROCKSDB("job, RocksDB", "rocksdb", false),
        LOOP_LAKE("bare loop + Iceberg", null, true),
        HASHMAP_LAKE("job, HashMap + Iceberg", "hashmap", true),
        ROCKSDB_LAKE("job, RocksDB + Iceberg", "rocksdb", true);

        private final String title;

        /** Flink's name of it; null: no Flink. */
        final String stateBackend;

        final boolean lake;

        Variant(String title, String stateBackend, boolean lake) {
            this.title = title;
            this.stateBackend = stateBackend;
            this.lake = lake;
        }
    }

    /** What a run cost. */
    private record Cost(double cpuSeconds, double wallSeconds) {}

    /** What a run made: the newest record of every key, and how many there were. */
    private record PriceList(long records, Map<String, String> newest) {}

    private record Result(Variant variant, Cost empty, Cost full, PriceList prices) {

        double perCpuSecond() {
            return prices.records() / full.cpuSeconds();
        }

        double perSteadyCpuSecond() {
            return prices.records() / (full.cpuSeconds() - empty.cpuSeconds());
        }
    }

    private final Path dir;
    private final Broker broker;
    private final Database database;
    private final String javaOptions;
    private int runs;

    private EndToEndBenchmark(Path dir, Broker broker, Database database, String javaOptions) {
        this.dir = dir;
        this.broker = broker;
        this.database = database;
        this.javaOptions = javaOptions;
    }

    /**
     * @param args {@code --messages N}, {@code --runs LOOP,HASHMAP,...}, {@code --java OPTIONS} for
     *     the JVM of each run, {@code --out FILE}
     */
    public static void main(String[] args) throws Exception {
        int messages = 300_000;
        String java = "";
        Path out = Path.of("target", "benchmark.md");
        List<Variant> variants = List.of(Variant.values());
        for (int i = 0; i + 1 < args.length; i += 2) {
            switch (args[i]) {
                case "--messages" -> messages = Integer.parseInt(args[i + 1]);
                case "--java" -> java = args[i + 1];
                case "--out" -> out = Path.of(args[i + 1]);
                case "--runs" ->
                        variants = Stream.of(args[i + 1].split(",")).map(Variant::valueOf).toList();
                default -> throw new IllegalArgumentException("unknown option " + args[i]);
            }
        }
        Path dir = Files.createTempDirectory("slackwater-benchmark");
        try (Broker broker = Broker.start(dir);
                Database database = Database.start(dir)) {
            String table =
                    new EndToEndBenchmark(dir, broker, database, java).measure(messages, variants);
            System.out.println(table);
            Files.createDirectories(out.toAbsolutePath().getParent());
            Files.writeString(out, table);
        } finally {
            delete(dir);
        }
    }

    private String measure(int messages, List<Variant> variants) throws Exception {
        System.out.println("seed " + SEED + ", " + messages + " messages");
        resetTopics(List.of());
        publish(KafkaTopics.RULES, "default", Traffic.RULE_BOOK);
        Map<Variant, Cost> empty = new HashMap<>();
        for (Variant variant : variants) {
            empty.put(variant, run(variant));
            resetTopics(outputs());
        }
        preload(messages);
        List<Result> results = new ArrayList<>();
        for (Variant variant : variants) {
            Cost cost = run(variant);
            Result result = new Result(variant, empty.get(variant), cost, readPrices());
            System.out.println(
                    "%s: %s; %d records".formatted(variant.title, cost, result.prices().records()));
            checkSame(results.isEmpty() ? result : results.get(0), result);
            results.add(result);
            resetTopics(outputs());
        }
        return table(messages, results);
    }

    // ---------------------------------------------------------------- the runs

    /** Runs it in a JVM of its own and returns what that cost. */
    private Cost run(Variant variant) throws Exception {
        String name = "run-" + runs++;
        Path log = dir.resolve(name + ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Heap, opened packages and collector are those of this JVM.
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        if (!javaOptions.isBlank()) {
            command.addAll(List.of(javaOptions.strip().split(" +")));
        }
        command.add(BenchmarkRun.class.getName());
        command.add(variant.name());
        command.add(CONF.toString());
        command.add(dir.resolve(name).toUri().toString());
        command.addAll(settingsOf(variant, name));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().put(SettingsReader.LAKE_PASSWORD, database.password());
        Process process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        Thread atExit = new Thread(process::destroyForcibly, "stop-run");
        Runtime.getRuntime().addShutdownHook(atExit);
        int code = process.waitFor();
        Runtime.getRuntime().removeShutdownHook(atExit);
        String text = Files.readString(log);
        if (code != 0) {
            throw new IllegalStateException(
                    "The run of the " + variant.title + " ended with " + code + ":\n" + text);
        }
        text.lines().filter(line -> line.startsWith("counters")).forEach(System.out::println);
        String result =
                text.lines()
                        .filter(line -> line.startsWith(BenchmarkRun.RESULT))
                        .findFirst()
                        .orElseThrow();
        String[] numbers = result.substring(BenchmarkRun.RESULT.length()).strip().split(" ");
        return new Cost(Long.parseLong(numbers[0]) / 1e9, Long.parseLong(numbers[1]) / 1e9);
    }

    private List<String> settingsOf(Variant variant, String name) throws SQLException {
        List<String> settings = new ArrayList<>(commonSettings());
        settings.addAll(List.of("--kafka.environment", name));
        if (variant.lake) {
            String catalog = name.replace('-', '_');
            try (Connection connection =
                    DriverManager.getConnection(
                            database.url(), database.user(), database.password())) {
                connection.createStatement().execute("CREATE DATABASE " + catalog);
            }
            settings.addAll(
                    List.of(
                            "--lake.uri",
                            database.url().replaceFirst("[^/]*$", catalog),
                            "--lake.user",
                            database.user(),
                            "--lake.warehouse",
                            dir.resolve(name + "-warehouse").toUri().toString()));
        } else {
            settings.addAll(List.of("--lake.enabled", "false"));
        }
        return settings;
    }

    private List<String> commonSettings() {
        return List.of(
                "--mode",
                "bounded",
                "--kafka.bootstrap.servers",
                broker.bootstrapServers(),
                "--kafka.topics.partitions",
                Integer.toString(PARTITIONS),
                "--database.enabled",
                "false");
    }

    // ---------------------------------------------------------------- topics

    private static List<String> outputs() {
        return List.of(
                KafkaTopics.PRICES,
                KafkaTopics.METRICS,
                KafkaTopics.ALERTS,
                KafkaTopics.RULE_STATUS,
                KafkaTopics.DEAD_LETTERS);
    }

    /** Deletes these topics, creates what is missing, and waits until the broker knows of it. */
    private void resetTopics(List<String> deleted) throws Exception {
        List<String> args = new ArrayList<>(commonSettings());
        args.addAll(List.of("--lake.enabled", "false"));
        Settings settings = SettingsReader.read(args.toArray(String[]::new), Map.of());
        try (Admin admin = Admin.create(client())) {
            if (!deleted.isEmpty()) {
                admin.deleteTopics(deleted).all().get();
                await(() -> Collections.disjoint(admin.listTopics().names().get(), deleted));
            }
            KafkaTopics.create(settings);
            await(() -> admin.listTopics().names().get().containsAll(outputs()));
        }
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "The broker has not followed within " + PATIENCE.toSeconds() + " seconds.");
            }
        }
    }

    private void preload(int messages) {
        Traffic traffic = new Traffic(SEED);
        long bytes = 0;
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (int i = 0; i < messages; i++) {
                byte[] message = traffic.next();
                bytes += message.length;
                byte[] key = traffic.productId().getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>(KafkaTopics.INVENTORY, key, message));
            }
        }
        System.out.println("preloaded, " + bytes / Math.max(1, messages) + " bytes a message");
    }

    private void publish(String topic, String key, byte[] value) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            producer.send(new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), value));
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = client();
        properties.put("compression.type", "lz4");
        properties.put("linger.ms", 5);
        properties.put("batch.size", 128 << 10);
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> client() {
        return new HashMap<>(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    // ---------------------------------------------------------------- is it right

    /** Reads the committed price list, and checks that no version is missing or there twice. */
    private PriceList readPrices() {
        Map<String, Object> properties = client();
        properties.put("isolation.level", "read_committed");
        Map<String, Integer> versions = new HashMap<>();
        Map<String, String> newest = new HashMap<>();
        long records = 0;
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(
                        properties, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = partitionsOf(KafkaTopics.PRICES);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                for (ConsumerRecord<String, String> price : consumer.poll(Duration.ofMillis(100))) {
                    records++;
                    int version = Integer.parseInt(field(price.value(), "price_version"));
                    int expected = versions.merge(price.key(), 1, Integer::sum);
                    if (version != expected) {
                        throw new IllegalStateException(
                                "%s has version %d where %d was expected: lost or doubled"
                                        .formatted(price.key(), version, expected));
                    }
                    newest.put(
                            price.key(),
                            field(price.value(), "quantity")
                                    + " "
                                    + field(price.value(), "price")
                                    + " "
                                    + field(price.value(), "event_time"));
                }
            }
        }
        return new PriceList(records, newest);
    }

    static List<TopicPartition> partitionsOf(String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(new TopicPartition(topic, i));
        }
        return partitions;
    }

    /** A field of our own JSON, whose texts have no commas. */
    private static String field(String json, String name) {
        int start = json.indexOf("\"" + name + "\":") + name.length() + 3;
        int end = json.indexOf(',', start);
        return json.substring(start, end < 0 ? json.length() - 1 : end);
    }

    private static void checkSame(Result first, Result other) {
        if (!first.prices().newest().equals(other.prices().newest())) {
            long differ =
                    first.prices().newest().entrySet().stream()
                            .filter(
                                    key ->
                                            !key.getValue()
                                                    .equals(
                                                            other.prices()
                                                                    .newest()
                                                                    .get(key.getKey())))
                            .count();
            throw new IllegalStateException(
                    "The %s ended with other prices than the %s: %d of %d keys differ"
                            .formatted(
                                    other.variant().title,
                                    first.variant().title,
                                    differ,
                                    first.prices().newest().size()));
        }
    }

    // ---------------------------------------------------------------- the table

    private static String table(int messages, List<Result> results) {
        StringBuilder table = new StringBuilder();
        table.append(
                """
                %,d messages of 5 warehouses each; exactly-once, parallelism 2, commits every 5 s.
                Whole: processor time of the whole process. Steady: less that of a run without input.

                | run | output records | CPU s | wall s | records per CPU s, whole | of the bare loop | steady | of the bare loop |
                | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                """
                        .formatted(messages));
        Map<Boolean, Result> loops = new LinkedHashMap<>();
        for (Result result : results) {
            if (result.variant().stateBackend == null) {
                loops.put(result.variant().lake, result);
            }
        }
        for (Result result : results) {
            Result loop = loops.getOrDefault(result.variant().lake, loops.get(false));
            table.append(
                    String.format(
                            Locale.ROOT,
                            "| %s | %,d | %.1f | %.1f | %,.0f | %s | %,.0f | %s |%n",
                            result.variant().title,
                            result.prices().records(),
                            result.full().cpuSeconds(),
                            result.full().wallSeconds(),
                            result.perCpuSecond(),
                            ratio(loop == null ? 0 : result.perCpuSecond() / loop.perCpuSecond()),
                            result.perSteadyCpuSecond(),
                            ratio(
                                    loop == null
                                            ? 0
                                            : result.perSteadyCpuSecond()
                                                    / loop.perSteadyCpuSecond())));
        }
        return table.toString();
    }

    private static String ratio(double ratio) {
        return ratio == 0 ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }

    private static void delete(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        }
    }
}
