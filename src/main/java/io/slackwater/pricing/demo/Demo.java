package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.PricingJob;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.dashboard.Controls.Promise;
import io.slackwater.pricing.dashboard.Dashboard;
import io.slackwater.pricing.demo.Verdict.Check;
import io.slackwater.pricing.demo.Watch.Answer;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsException;
import io.slackwater.pricing.settings.SettingsReader;
import io.slackwater.pricing.tools.Local;
import io.slackwater.pricing.tools.LocalFlink;
import io.slackwater.pricing.tools.RuleFiles;
import io.slackwater.pricing.tools.WhichJob;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import sun.misc.Signal;

/**
 * The whole pipeline on one machine: a broker, a database and a Flink of its own, traffic, a screen
 * on which prices follow stock, and the live page with its buttons. While it runs, and at the end,
 * an independent check recomputes every price. What {@code jobs/demo} calls.
 *
 * <p>Exit codes: 0 it ended and adds up; 1 it failed or does not add up; 2 it was not started
 * (wrong arguments, port in use); 130 Ctrl-C.
 */
public final class Demo {

    private static final long SCREEN_MILLIS = 2_000;

    private static final String PAGE_OPTION = "--page-port";

    /** Where the live page is by default. */
    private static final int PAGE_PORT = 8090;

    /** The rule book changes once, so long after the start. */
    private static final long NEW_RULES_MILLIS = 20_000;

    /** How long the end may take without anything moving. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final DemoOptions options;
    private final Path home;
    private final Path dir;
    private final PrintStream out;
    private final Screen screen;
    private final CountDownLatch stop = new CountDownLatch(1);

    /** What visitors of the page did, for the screen, which only one thread draws. */
    private final Queue<String> visitors = new ConcurrentLinkedQueue<>();

    private final CounterBalance balance = new CounterBalance();

    /** Set where somebody wants everything to end at once. */
    private volatile boolean interrupted;

    private int failures;

    /** What was written for the tools; null: nothing yet. */
    private String toolsFile;

    private Demo(DemoOptions options, Path home, Path dir, PrintStream out, Screen screen) {
        this.options = options;
        this.home = home;
        this.dir = dir;
        this.out = out;
        this.screen = screen;
    }

    /** See {@code jobs/demo --help}. The script says by system properties where things are. */
    public static void main(String[] args) {
        Path scratch = Path.of(System.getProperty("slackwater.scratch"));
        int code = 1;
        try {
            code = run(args, scratch);
        } finally {
            delete(scratch);
        }
        // Not exit: everything is closed, and hooks would only write where the folder was.
        System.out.flush();
        Runtime.getRuntime().halt(code);
    }

    private static int run(String[] args, Path scratch) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try {
            DemoOptions options = DemoOptions.parse(args);
            for (Path file : files(options)) {
                if (!Files.isReadable(file)) {
                    throw new IllegalArgumentException("there is no file " + file + " to read.");
                }
            }
            Path dir = options.keep() == null ? scratch : empty(options.keep());
            Screen screen =
                    new Screen(
                            out,
                            Boolean.getBoolean("slackwater.redraw"),
                            Boolean.getBoolean("slackwater.colour"));
            // Before anything is started; asked again when Flink is, as others start things too.
            LocalFlink.uiPort(options.uiPort());
            LocalFlink.port(PAGE_OPTION, options.pagePort(), PAGE_PORT);
            Path home = Path.of(System.getProperty("slackwater.home"));
            Demo demo = new Demo(options, home, dir, out, screen);
            for (String signal : List.of("INT", "TERM", "HUP")) {
                // Not a shutdown hook: a JVM that goes down cannot end what it has just started.
                Signal.handle(new Signal(signal), s -> demo.interrupt());
            }
            return demo.run();
        } catch (SettingsException | IllegalArgumentException e) {
            System.err.println("jobs/demo: " + e.getMessage());
            return 2;
        } catch (Exception e) {
            System.err.println(
                    "jobs/demo: "
                            + Local.innermost(e)
                            + "; see "
                            + System.getProperty("log.file", "the log"));
            return 1;
        }
    }

    private static List<Path> files(DemoOptions options) {
        return Stream.of(options.messages(), options.rules(), options.catalog())
                .filter(file -> file != null)
                .toList();
    }

    private static Path empty(Path dir) {
        try {
            Files.createDirectories(dir);
            try (Stream<Path> inside = Files.list(dir)) {
                if (inside.findAny().isEmpty()) {
                    return dir;
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException("--keep: " + dir + " cannot be written to.");
        }
        throw new IllegalArgumentException(
                "--keep: " + dir + " is not empty; a new or an empty folder is allowed.");
    }

    private void interrupt() {
        interrupted = true;
        stop.countDown();
    }

    private int run() throws Exception {
        out.println("Starting a Kafka broker, a Postgres and Flink ...");
        CompletableFuture<Database> starting =
                CompletableFuture.supplyAsync(() -> Database.start(dir));
        try (Broker broker = Broker.start(dir);
                Database database = starting.get()) {
            return interrupted ? stopped() : run(broker, database);
        } catch (Exception e) {
            // What Ctrl-C reached before us, such as the broker, is missed by those who need it.
            if (interrupted) {
                return stopped();
            }
            throw e;
        } finally {
            // Where the broker did not start, the database may have.
            starting.handle(
                            (database, failure) -> {
                                if (database != null) {
                                    database.close();
                                }
                                return null;
                            })
                    .join();
        }
    }

    private int run(Broker broker, Database database) throws Exception {
        Settings settings = SettingsReader.read(settings(broker, database), secrets(database));
        int uiPort = LocalFlink.uiPort(options.uiPort());
        Configuration flink = LocalFlink.configuration(home.resolve("flink-conf"), uiPort);
        flink.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                dir.resolve("checkpoints").toUri().toString());
        flink.set(
                CheckpointingOptions.SAVEPOINT_DIRECTORY,
                dir.resolve("savepoints").toUri().toString());
        flink.set(CoreOptions.TMP_DIRS, dir.resolve("flink").toString());
        // Counters come with the heartbeats, and somebody is watching.
        flink.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
        KafkaTopics.create(settings);
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.createLocalEnvironmentWithWebUI(flink);
        PricingJob.define(environment, settings);
        try (Feed feed = new Feed(broker.bootstrapServers());
                OwnFlink own = OwnFlink.start(flink);
                RunningJob job = new RunningJob(own.run(environment, PricingJob.JOB_NAME), uiPort);
                Watch watch = new Watch(broker.bootstrapServers());
                Auditor auditor = new Auditor(settings, System::currentTimeMillis)) {
            watch.start();
            auditor.start();
            DemoControls controls =
                    new DemoControls(
                            settings,
                            feed,
                            own::killTaskManager,
                            watch::newestEventTime,
                            System::currentTimeMillis,
                            () -> promises(auditor),
                            visitors::add);
            int pagePort = LocalFlink.port(PAGE_OPTION, options.pagePort(), PAGE_PORT);
            try (Dashboard page = Dashboard.start(settings, "localhost", pagePort, controls)) {
                letToolsKnow(settings);
                introduce(broker, uiPort, page.port());
                Traffic traffic = traffic();
                publish(feed, rules(), catalog());
                awaitReady(job);
                long began = System.currentTimeMillis();
                CompletableFuture<Void> sending = send(traffic, feed);
                watchOn(sending, feed, watch, job, controls, began);
                stop.countDown();
                sending.get();
                // Whoever presses a button now is told that it is too late.
                controls.end();
                feed.flush();
                if (interrupted) {
                    return stopped();
                }
                Map<String, Long> counters = settle(job, feed, watch, began);
                long stoppedAt = System.currentTimeMillis();
                watch.finish();
                Auditor.Conclusion audited = auditor.finish(stoppedAt);
                return summarize(
                        traffic, feed, watch, counters, own.killed(), audited, settings, began);
            }
        } finally {
            forgetTools();
        }
    }

    /**
     * Until every step of the job runs. It knows the rule book and the catalog soon after: stock
     * that came before them would be priced twice, which is right and hard to read.
     */
    private void awaitReady(RunningJob job) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!job.counters().containsKey("priced") && !stop.await(200, TimeUnit.MILLISECONDS)) {
            job.check();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "the job did not start within " + PATIENCE.toSeconds() + " seconds");
            }
        }
    }

    private List<Promise> promises(Auditor auditor) {
        List<Promise> all = new ArrayList<>(auditor.promises());
        all.add(balance.promise());
        return all;
    }

    private int stopped() {
        out.println("Stopped.");
        return 130;
    }

    private String[] settings(Broker broker, Database database) {
        List<String> settings =
                new ArrayList<>(
                        List.of(
                                "--kafka.bootstrap.servers=" + broker.bootstrapServers(),
                                "--kafka.environment=demo",
                                "--kafka.topics.create=true",
                                "--lake.uri=" + database.url(),
                                "--lake.user=" + database.user(),
                                "--lake.warehouse=" + dir.resolve("lake").toUri(),
                                "--database.url=" + database.url(),
                                "--database.user=" + database.user()));
        if (options.messages() == null) {
            // Windows that somebody who looks on for a minute sees close.
            settings.add("--metrics.window=10s");
        } else {
            // A history: event time is its own, and does not follow the wall clock within a demo.
            settings.add("--input.idle.after=0s");
        }
        settings.addAll(options.settings());
        return settings.toArray(String[]::new);
    }

    private static Map<String, String> secrets(Database database) {
        Map<String, String> secrets = new HashMap<>(System.getenv());
        secrets.put(SettingsReader.DATABASE_PASSWORD, database.password());
        secrets.put(SettingsReader.LAKE_PASSWORD, database.password());
        return secrets;
    }

    /**
     * Writes where the demo is to be found, for {@code jobs/rules --demo}. No password: the
     * database trusts who comes from this machine.
     */
    private void letToolsKnow(Settings settings) throws IOException {
        StringWriter text = new StringWriter();
        settings.toProperties()
                .store(text, "Where the running demo is; it deletes this file when it ends.");
        toolsFile = text.toString();
        Files.writeString(home.resolve(WhichJob.DEMO), toolsFile);
    }

    /** Deletes what this demo wrote, and not what another one has written since. */
    private void forgetTools() {
        Path file = home.resolve(WhichJob.DEMO);
        try {
            if (toolsFile != null && Files.readString(file).equals(toolsFile)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            // It is gone already, as whoever cleaned up wanted.
        }
    }

    private void introduce(Broker broker, int uiPort, int pagePort) {
        out.println();
        out.println(
                "  live page       http://localhost:"
                        + pagePort
                        + moved(options.pagePort(), pagePort, PAGE_PORT));
        out.println(
                "  Flink's web UI  http://localhost:"
                        + uiPort
                        + moved(options.uiPort(), uiPort, LocalFlink.DEFAULT_PORT));
        out.println(
                "  topics          any Kafka client at "
                        + broker.bootstrapServers()
                        + ", such as: kcat -b "
                        + broker.bootstrapServers()
                        + " -t price_list");
        out.println("  rule books      jobs/rules status --demo, and what jobs/rules --help tells");
        out.println("  lake            " + dir.resolve("lake"));
        out.println("  log             " + System.getProperty("log.file"));
        if (options.messages() == null) {
            out.println(
                    "  traffic         a shop of %d days a minute, seed %d, about %.0f messages/s"
                            .formatted(60_000 / Shop.DAY_MILLIS, options.seed(), options.rate()));
        } else {
            out.println(
                    "  traffic         "
                            + options.messages()
                            + (options.speed() > 0
                                    ? " at " + options.speed() + " times real time"
                                    : ""));
        }
        out.println();
    }

    private static String moved(Integer wanted, int port, int usual) {
        return wanted == null && port != usual ? " (" + usual + " is in use)" : "";
    }

    // ---- what goes in

    private Path rules() {
        return options.rules() == null ? home.resolve("jobs/books/default.json") : options.rules();
    }

    /** Null: none. */
    private Path catalog() {
        return options.catalog() == null && options.messages() == null
                ? home.resolve("jobs/books/catalog.jsonl")
                : options.catalog();
    }

    private static void publish(Feed feed, Path rules, Path catalog) throws IOException {
        publish(feed, rules);
        if (catalog != null) {
            for (JsonNode entry : entries(catalog)) {
                feed.catalogEntry(
                        entry.path("product_id").asText(null), JSON.writeValueAsBytes(entry));
            }
        }
        feed.flush();
    }

    private static void publish(Feed feed, Path rules) throws IOException {
        byte[] document = RuleFiles.withoutMark(Files.readAllBytes(rules));
        feed.ruleBook(JSON.readTree(document).path("book_id").asText(null), document);
    }

    private static List<JsonNode> entries(Path catalog) throws IOException {
        List<JsonNode> entries = new ArrayList<>();
        try (BufferedReader lines = Recording.open(catalog)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    entries.add(
                            JSON.reader()
                                    .with(
                                            com.fasterxml.jackson.databind.DeserializationFeature
                                                    .USE_BIG_DECIMAL_FOR_FLOATS)
                                    .readTree(line));
                }
            }
        }
        return entries;
    }

    private Traffic traffic() throws IOException {
        return options.messages() == null
                ? new ShopTraffic(
                        new Shop(options.seed(), entries(catalog())),
                        options.rate(),
                        System::currentTimeMillis)
                : new Recording(options.messages(), options.speed(), System::currentTimeMillis);
    }

    private CompletableFuture<Void> send(Traffic traffic, Feed feed) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                traffic.run(feed, m -> stop.await(m, TimeUnit.MILLISECONDS));
                                done.complete(null);
                            } catch (Throwable e) {
                                done.completeExceptionally(e);
                            }
                        },
                        "send-traffic");
        thread.setDaemon(true);
        thread.start();
        return done;
    }

    // ---- what a person sees

    /** Until it is time to end: Ctrl-C, the time is over, the file is played out, a failure. */
    private void watchOn(
            CompletableFuture<Void> sending,
            Feed feed,
            Watch watch,
            RunningJob job,
            DemoControls controls,
            long began)
            throws Exception {
        boolean newRules = options.rules() != null || options.messages() != null;
        long end = options.runFor() == null ? Long.MAX_VALUE : options.runFor().toMillis();
        int answers = 0;
        while (true) {
            long millis = System.currentTimeMillis() - began;
            if (stop.await(
                    Math.max(0, Math.min(end - millis, SCREEN_MILLIS - millis % SCREEN_MILLIS)),
                    TimeUnit.MILLISECONDS)) {
                return;
            }
            millis = System.currentTimeMillis() - began;
            watch.check();
            job.check();
            if (!newRules && millis >= NEW_RULES_MILLIS) {
                newRules = true;
                long version =
                        controls.publish(
                                Files.readAllBytes(home.resolve("jobs/books/default-v2.json")));
                screen.say(time(millis) + " sent a new rule book, default@" + version);
            }
            balance.note(System.currentTimeMillis(), job.counters());
            answers = tell(watch, millis, answers);
            screen.show(figures(feed, watch, millis));
            if (millis >= end || (sending.isDone() && !options.stay())) {
                return;
            }
        }
    }

    private int tell(Watch watch, long millis, int from) {
        for (String done = visitors.poll(); done != null; done = visitors.poll()) {
            screen.say(time(millis) + " " + screen.paint("35", "A visitor: " + done));
        }
        List<Answer> answers = watch.answers();
        for (Answer answer : answers.subList(from, answers.size())) {
            String colour = answer.state().equals("REJECTED") ? "31" : "36";
            screen.say(time(millis) + " " + screen.paint(colour, answer.text()));
        }
        return answers.size();
    }

    private static Screen.Figures figures(Feed feed, Watch watch, long millis) {
        return new Screen.Figures(
                millis,
                feed.messages(),
                watch.records(KafkaTopics.PRICES),
                watch.records(KafkaTopics.DEAD_LETTERS),
                watch.records(KafkaTopics.ALERTS),
                System.currentTimeMillis(),
                watch.newestEventTime(),
                watch.ruleBook(),
                watch.shown());
    }

    private static String time(long millis) {
        return "%2d:%02d".formatted(millis / 60_000, millis / 1000 % 60);
    }

    // ---- the end

    /**
     * Waits until the job has taken everything in, then stops it gracefully: everything that it has
     * made is committed.
     *
     * @return its counters
     */
    private Map<String, Long> settle(RunningJob job, Feed feed, Watch watch, long began)
            throws Exception {
        screen.say("Sending has ended; the job takes in the rest ...");
        Map<String, Long> before = Map.of();
        long moved = System.nanoTime();
        int answers = watch.answers().size();
        while (true) {
            Map<String, Long> counters = job.counters();
            balance.note(System.currentTimeMillis(), counters);
            long millis = System.currentTimeMillis() - began;
            answers = tell(watch, millis, answers);
            boolean resting = counters.equals(before);
            if (!resting) {
                moved = System.nanoTime();
            }
            // The second time alike: a rule book may still be on its way through the prices.
            if (resting && takenIn(counters, feed) && converged(watch)) {
                break;
            }
            if (System.nanoTime() - moved > PATIENCE.toNanos()) {
                screen.say(
                        "The job has taken in %,d of %,d messages, and nothing has moved for %d s."
                                .formatted(
                                        Verdict.count(counters, "messages"),
                                        feed.messages(),
                                        PATIENCE.toSeconds()));
                break;
            }
            before = counters;
            job.check();
            screen.show(figures(feed, watch, millis));
            if (interrupted) {
                throw new IllegalStateException("interrupted");
            }
            Thread.sleep(SCREEN_MILLIS);
        }
        failures = job.failures();
        return job.stop();
    }

    private static boolean takenIn(Map<String, Long> counters, Feed feed) {
        return Verdict.count(counters, "messages") == feed.messages()
                && Verdict.count(counters, "lines") == CounterBalance.places(counters);
    }

    /** After one of these, no price has to follow a version any more. */
    private static final Set<String> SETTLED = Set.of("CONVERGED", "CANCELLED", "ENDED", "RETIRED");

    /** Returns whether every accepted book has been followed by every price. */
    private static boolean converged(Watch watch) {
        Map<String, Long> active = new HashMap<>();
        for (Answer answer : watch.answers()) {
            String book = answer.bookId() + "@" + answer.version();
            if (answer.state().equals("ACTIVE")) {
                active.put(book, 1L);
            } else if (SETTLED.contains(answer.state())) {
                active.remove(book);
            }
        }
        return active.isEmpty();
    }

    private int summarize(
            Traffic traffic,
            Feed feed,
            Watch watch,
            Map<String, Long> counters,
            int killed,
            Auditor.Conclusion audited,
            Settings settings,
            long began)
            throws Exception {
        Aftermath aftermath = new Aftermath(settings);
        long prices = watch.records(KafkaTopics.PRICES) - watch.withdrawals();
        Map<String, Long> alerts = watch.alerts();
        OptionalLong lake =
                settings.lake().enabled()
                        ? OptionalLong.of(aftermath.lakePrices())
                        : OptionalLong.empty();
        Verdict verdict =
                new Verdict(
                        new Verdict.Sent(
                                feed.messages(),
                                feed.lines(),
                                feed.badLines(),
                                traffic.unusable(),
                                traffic.levels()),
                        counters,
                        new Verdict.Found(
                                prices,
                                watch.brokenVersions(),
                                watch.records(KafkaTopics.DEAD_LETTERS),
                                alerts.containsKey("UNPRICED"),
                                watch.newest(),
                                lake,
                                settings.database().enabled() ? aftermath.currentPrices() : null,
                                audited));
        screen.show(figures(feed, watch, System.currentTimeMillis() - began));
        screen.say("");
        row("sent", "%,d messages, %,d warehouse lines".formatted(feed.messages(), feed.lines()));
        row("", byCount(feed.byKind()));
        row(
                "the job",
                "%,d messages, %,d unusable, %d failures%s"
                        .formatted(
                                Verdict.count(counters, "messages"),
                                Verdict.count(counters, "deadMessages"),
                                failures,
                                killed == 0 ? "" : ", %d task managers killed".formatted(killed)));
        row("", CounterBalance.law(counters));
        row(
                "price_list",
                "%,d prices, %,d withdrawals, %,d products in warehouses"
                        .formatted(prices, watch.withdrawals(), watch.newest().size()));
        row(
                "dead_letters",
                "%,d: %s"
                        .formatted(
                                watch.records(KafkaTopics.DEAD_LETTERS),
                                watch.reasons().stream()
                                        .map(e -> "%,d %s".formatted(e.getValue(), e.getKey()))
                                        .collect(Collectors.joining(", "))));
        row("alerts", "%,d: %s".formatted(watch.records(KafkaTopics.ALERTS), byCount(alerts)));
        row(
                "windows",
                "%,d records of dashboard_metrics".formatted(watch.records(KafkaTopics.METRICS)));
        if (lake.isPresent()) {
            row("lake", "%,d rows in pricing.events".formatted(aftermath.lakeRows()));
        }
        out.println();
        for (Check check : verdict.checks()) {
            out.printf(
                    "  %s %-42s %s%n",
                    check.right() ? screen.paint("32", "yes") : screen.paint("31", "NO "),
                    check.what(),
                    check.found());
        }
        out.println();
        out.println("adds up: " + (verdict.addsUp() ? "yes" : "no"));
        if (options.keep() != null) {
            out.println("kept in: " + options.keep());
        }
        return verdict.addsUp() ? 0 : 1;
    }

    private void row(String name, String text) {
        out.printf("  %-13s %s%n", name, text);
    }

    private static String byCount(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(e -> "%,d %s".formatted(e.getValue(), e.getKey()))
                .collect(Collectors.joining(", "));
    }

    private static void delete(Path dir) {
        // Flink's own threads may write a last file while it goes down.
        for (int i = 0; i < 10 && Files.exists(dir); i++) {
            try (Stream<Path> files = Files.walk(dir)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            } catch (IOException | java.io.UncheckedIOException e) {
                // Once more.
            }
        }
    }
}
