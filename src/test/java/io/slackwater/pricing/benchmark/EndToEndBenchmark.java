package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.benchmark.PriceTopics.Written;
import io.slackwater.pricing.demo.Broker;
import io.slackwater.pricing.demo.Database;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * How many output records the job makes of a second of processor time, beside a {@link PlainLoop}
 * that does the least possible, an {@link OrdinaryFlinkJob}, a {@link StreamsPipeline}, and a
 * {@link BareLoop} around the job's own classes.
 *
 * <p>A fresh broker in a JVM of its own, a preloaded topic, and then one run after the other, each
 * in a JVM of its own ({@link ContestantRun}). What counts is the warm half: the processor time of
 * the whole process, collector and compilers included, from the moment when half of the records
 * were written to the last. Rounds take turns, so that a machine that becomes slower is slower for
 * all of them; figures are medians.
 *
 * <p>After every run the price list is read back. Each key must have each of its records once, in
 * order, and with the right price ({@link DuePrices}); else the figure is worth nothing and the
 * benchmark fails.
 */
public final class EndToEndBenchmark {

    private static final long SEED = 20261121;

    /** One run. */
    private record Result(
            Written written, double warmCpuSeconds, double cpuSeconds, double toFirstSeconds) {

        double perWarmCpuSecond() {
            return written.afterHalf() / warmCpuSeconds;
        }

        double perCpuSecond() {
            return written.records() / cpuSeconds;
        }

        double perWarmSecond() {
            return written.afterHalf() * 1e3 / Math.max(1, written.lastAt() - written.halfAt());
        }
    }

    private final Path dir;
    private final PriceTopics topics;
    private final Database database;
    private final Options options;
    private int runs;

    /** See {@link #main}. */
    private record Options(
            int messages,
            int products,
            int rounds,
            Duration commits,
            List<Contestant> contestants,
            List<String> javaOptions,
            Path out) {

        static Options of(String[] args) {
            int messages = 2_000_000;
            int products = Traffic.USUAL_PRODUCTS;
            int rounds = 3;
            Duration commits = Duration.ofSeconds(1);
            List<Contestant> contestants = List.of(Contestant.values());
            List<String> java = List.of();
            Path out = Path.of("target", "benchmark.md");
            for (int i = 0; i + 1 < args.length; i += 2) {
                String value = args[i + 1];
                switch (args[i]) {
                    case "--messages" -> messages = Integer.parseInt(value);
                    case "--products" -> products = Integer.parseInt(value);
                    case "--rounds" -> rounds = Integer.parseInt(value);
                    case "--commit" -> commits = Duration.ofMillis(Long.parseLong(value));
                    case "--java" -> java = List.of(value.strip().split(" +"));
                    case "--out" -> out = Path.of(value);
                    case "--runs" ->
                            contestants =
                                    Stream.of(value.split(",")).map(Contestant::valueOf).toList();
                    default -> throw new IllegalArgumentException("unknown option " + args[i]);
                }
            }
            return new Options(messages, products, rounds, commits, contestants, java, out);
        }
    }

    private EndToEndBenchmark(Path dir, PriceTopics topics, Database database, Options options) {
        this.dir = dir;
        this.topics = topics;
        this.database = database;
        this.options = options;
    }

    /**
     * @param args {@code --messages N}, {@code --products N} of five keys each, {@code --rounds N},
     *     {@code --runs LIMIT,HASHMAP,...}, {@code --commit MILLIS} between commits, {@code --java
     *     OPTIONS} for the JVM of each run, {@code --out FILE}
     */
    public static void main(String[] args) throws Exception {
        Options options = Options.of(args);
        Path dir = Files.createTempDirectory("slackwater-benchmark");
        try (Broker broker = Broker.start(dir);
                PriceTopics topics = new PriceTopics(broker.bootstrapServers());
                Database database = lake(options) ? Database.start(dir) : null) {
            String table = new EndToEndBenchmark(dir, topics, database, options).measure();
            System.out.println(table);
            Files.createDirectories(options.out().toAbsolutePath().getParent());
            Files.writeString(options.out(), table);
        } finally {
            delete(dir);
        }
    }

    private static boolean lake(Options options) {
        return options.contestants().stream().anyMatch(each -> each.lake);
    }

    private String measure() throws Exception {
        System.out.println("seed " + SEED + ", " + options);
        topics.clearAll();
        topics.publishRules(options.products());
        DuePrices due = topics.preload(new Traffic(SEED, options.products()), options.messages());
        Map<Contestant, List<Result>> results = new EnumMap<>(Contestant.class);
        for (int round = 1; round <= options.rounds(); round++) {
            for (Contestant contestant : options.contestants()) {
                Result result = run(contestant, due);
                System.out.printf(
                        Locale.ROOT,
                        "round %d, %s: %,.0f records a warm CPU second%n",
                        round,
                        contestant.title,
                        result.perWarmCpuSecond());
                results.computeIfAbsent(contestant, each -> new ArrayList<>()).add(result);
                topics.clearOutputs();
            }
        }
        return table(results);
    }

    private Result run(Contestant contestant, DuePrices due) throws Exception {
        String name = "run-" + runs++;
        ContestantRun run =
                new ContestantRun(
                        contestant,
                        dir,
                        name,
                        options.commits(),
                        options.javaOptions(),
                        settingsOf(contestant, name),
                        contestant.lake ? database.password() : null);
        try (run) {
            run.awaitPrices(topics, due.records());
        }
        Written written = topics.read(due);
        return new Result(
                written,
                run.cpuSeconds(written.halfAt(), written.lastAt()),
                run.cpuSeconds(run.startedAt(), written.lastAt()),
                (written.firstAt() - run.startedAt()) / 1e3);
    }

    private List<String> settingsOf(Contestant contestant, String name) throws SQLException {
        List<String> settings = new ArrayList<>(topics.settings());
        settings.addAll(
                List.of(
                        "--kafka.price.trace",
                        Boolean.toString(contestant.trace),
                        "--kafka.client.metric.reporters",
                        StartGate.class.getName()));
        if (contestant.lake) {
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

    // ---------------------------------------------------------------- the table

    private String table(Map<Contestant, List<Result>> results) {
        StringBuilder table = new StringBuilder();
        table.append(
                String.format(
                        Locale.ROOT,
                        """
                        %,d messages of 5 warehouses each, %,d keys; exactly-once, parallelism 2, a commit every %.1f s; medians of %d rounds.
                        Warm: the second half of the records. Whole: from the start of the process to the last record.

                        | run | output records | records per CPU s, warm | least to most | of the bare loop | of the ordinary Flink job | records per CPU s, whole | records per s, warm | first record after s |
                        | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
                        """,
                        options.messages(),
                        options.products() * Traffic.WAREHOUSES_OF_A_MESSAGE,
                        options.commits().toMillis() / 1e3,
                        options.rounds()));
        results.forEach(
                (contestant, ours) -> {
                    double warm = median(ours, Result::perWarmCpuSecond);
                    table.append(
                            String.format(
                                    Locale.ROOT,
                                    "| %s | %,d | %,.0f | %,.0f to %,.0f | %s | %s | %,.0f | %,.0f | %.1f |%n",
                                    contestant.title,
                                    ours.get(0).written().records(),
                                    warm,
                                    ours.stream()
                                            .mapToDouble(Result::perWarmCpuSecond)
                                            .min()
                                            .orElseThrow(),
                                    ours.stream()
                                            .mapToDouble(Result::perWarmCpuSecond)
                                            .max()
                                            .orElseThrow(),
                                    ratio(warm, results.get(Contestant.LIMIT)),
                                    ratio(
                                            warm,
                                            contestant.ordinary() == null
                                                    ? null
                                                    : results.get(contestant.ordinary())),
                                    median(ours, Result::perCpuSecond),
                                    median(ours, Result::perWarmSecond),
                                    median(ours, Result::toFirstSeconds)));
                });
        return table.toString();
    }

    private static double median(List<Result> results, ToDoubleFunction<Result> figure) {
        double[] sorted = results.stream().mapToDouble(figure).sorted().toArray();
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }

    private static String ratio(double warm, List<Result> others) {
        return others == null
                ? ""
                : String.format(
                        Locale.ROOT, "%.2f", warm / median(others, Result::perWarmCpuSecond));
    }

    static void delete(Path dir) throws IOException {
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        }
    }
}
