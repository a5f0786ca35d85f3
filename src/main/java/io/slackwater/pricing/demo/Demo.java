package io.slackwater.pricing.demo;

import io.slackwater.pricing.PricingJob;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.dashboard.Controls.Promise;
import io.slackwater.pricing.dashboard.Dashboard;
import io.slackwater.pricing.demo.JobDrain.Drained;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsException;
import io.slackwater.pricing.tools.Local;
import io.slackwater.pricing.tools.LocalFlink;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
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

    /** When the rule book changes by itself, after the start. */
    private static final long NEW_RULES_MILLIS = 20_000;

    /** How long the job may take to start. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final DemoOptions options;
    private final DemoFiles files;
    private final Path home;
    private final Path dir;
    private final Screen screen;
    private final StopSignal stop = new StopSignal();
    private final CounterBalance balance = new CounterBalance();

    private Demo(DemoOptions options, DemoFiles files, Path home, Path dir, Screen screen) {
        this.options = options;
        this.files = files;
        this.home = home;
        this.dir = dir;
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
            Path home = Path.of(System.getProperty("slackwater.home"));
            DemoFiles files = new DemoFiles(options, home);
            files.check();
            Path dir = options.keep() == null ? scratch : empty(options.keep());
            Screen screen =
                    new Screen(
                            out,
                            Boolean.getBoolean("slackwater.redraw"),
                            Boolean.getBoolean("slackwater.colour"));
            // Before anything is started; asked again when Flink is, as others start things too.
            LocalFlink.uiPort(options.uiPort());
            LocalFlink.port(PAGE_OPTION, options.pagePort(), PAGE_PORT);
            Demo demo = new Demo(options, files, home, dir, screen);
            for (String signal : List.of("INT", "TERM", "HUP")) {
                // Not a shutdown hook: a JVM that goes down cannot end what it has just started.
                Signal.handle(new Signal(signal), s -> demo.stop.interrupt());
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

    private int run() throws Exception {
        screen.say("Starting a Kafka broker, a Postgres and Flink ...");
        CompletableFuture<Database> starting =
                CompletableFuture.supplyAsync(() -> Database.start(dir));
        try (Broker broker = Broker.start(dir);
                Database database = starting.get()) {
            return stop.isInterrupted() ? stopped() : run(broker, database);
        } catch (Exception e) {
            // After Ctrl-C, parts fail because others, such as the broker, have ended before them.
            if (stop.isInterrupted()) {
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
        Settings settings = DemoSettings.job(options, dir, broker, database);
        int uiPort = LocalFlink.uiPort(options.uiPort());
        Configuration flink = DemoSettings.flink(home, dir, uiPort);
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
            DemoDisplay display = new DemoDisplay(screen, feed, watch);
            DemoControls controls =
                    new DemoControls(
                            settings,
                            feed,
                            own::killTaskManager,
                            watch::newestEventTime,
                            System::currentTimeMillis,
                            () -> promises(auditor),
                            display::visitorDid);
            int pagePort = LocalFlink.port(PAGE_OPTION, options.pagePort(), PAGE_PORT);
            try (Dashboard page = Dashboard.start(settings, "localhost", pagePort, controls);
                    ToolSettings tools = ToolSettings.write(home, settings)) {
                introduce(broker, uiPort, page.port());
                Traffic traffic = files.traffic();
                files.publish(feed);
                awaitReady(job);
                display.begin();
                CompletableFuture<Void> sending = send(traffic, feed);
                watchOn(sending, job, watch, display, controls);
                stop.end();
                sending.get();
                // A visitor who presses a button now is told that it is too late.
                controls.end();
                feed.flush();
                if (stop.isInterrupted()) {
                    return stopped();
                }
                Drained drained = new JobDrain(job, feed, watch, balance).drain(display, stop);
                long stoppedAt = System.currentTimeMillis();
                watch.finish();
                Auditor.Conclusion audited = auditor.finish(stoppedAt);
                display.showFigures();
                boolean right =
                        new DemoSummary(screen, settings, feed, watch)
                                .print(traffic, drained, own.killed(), audited);
                if (options.keep() != null) {
                    screen.say("kept in: " + options.keep());
                }
                return right ? 0 : 1;
            }
        }
    }

    /**
     * Waits until every step of the job runs. It knows the rule book and the catalog soon after:
     * stock that came before them would be priced twice, which is right and hard to read.
     */
    private void awaitReady(RunningJob job) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!job.counters().containsKey("priced") && !stop.within(200)) {
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
        screen.say("Stopped.");
        return 130;
    }

    private CompletableFuture<Void> send(Traffic traffic, Feed feed) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                traffic.run(feed, stop::within);
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

    /** Returns when it is time to end: Ctrl-C, the time is over, the file is played out. */
    private void watchOn(
            CompletableFuture<Void> sending,
            RunningJob job,
            Watch watch,
            DemoDisplay display,
            DemoControls controls)
            throws Exception {
        boolean newRules = !files.hasSecondRuleBook();
        long end = options.runFor() == null ? Long.MAX_VALUE : options.runFor().toMillis();
        while (true) {
            long millis = display.millis();
            if (stop.within(
                    Math.max(0, Math.min(end - millis, SCREEN_MILLIS - millis % SCREEN_MILLIS)))) {
                return;
            }
            millis = display.millis();
            watch.check();
            job.check();
            if (!newRules && millis >= NEW_RULES_MILLIS) {
                newRules = true;
                long version = controls.publish(files.secondRuleBook());
                display.sayNow("sent a new rule book, default@" + version);
            }
            balance.note(System.currentTimeMillis(), job.counters());
            display.showNews();
            display.showFigures();
            if (millis >= end || (sending.isDone() && !options.stay())) {
                return;
            }
        }
    }

    private void introduce(Broker broker, int uiPort, int pagePort) {
        screen.say("");
        screen.say(
                "  live page       http://localhost:"
                        + pagePort
                        + moved(options.pagePort(), pagePort, PAGE_PORT));
        screen.say(
                "  Flink's web UI  http://localhost:"
                        + uiPort
                        + moved(options.uiPort(), uiPort, LocalFlink.DEFAULT_PORT));
        screen.say(
                "  topics          any Kafka client at "
                        + broker.bootstrapServers()
                        + ", such as: kcat -b "
                        + broker.bootstrapServers()
                        + " -t price_list");
        screen.say("  rule books      jobs/rules status --demo, and what jobs/rules --help tells");
        screen.say("  lake            " + dir.resolve("lake"));
        screen.say("  log             " + System.getProperty("log.file"));
        if (options.messages() == null) {
            screen.say(
                    "  traffic         a shop of %d days a minute, seed %d, about %.0f messages/s"
                            .formatted(60_000 / ShopDay.MILLIS, options.seed(), options.rate()));
        } else {
            screen.say(
                    "  traffic         "
                            + options.messages()
                            + (options.speed() > 0
                                    ? " at " + options.speed() + " times real time"
                                    : ""));
        }
        screen.say("");
    }

    private static String moved(Integer wanted, int port, int usual) {
        return wanted == null && port != usual ? " (" + usual + " is in use)" : "";
    }

    private static void delete(Path dir) {
        // Flink's own threads may write a last file while it goes down.
        for (int i = 0; i < 10 && Files.exists(dir); i++) {
            try (Stream<Path> files = Files.walk(dir)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            } catch (IOException | UncheckedIOException e) {
                // Try once more.
            }
        }
    }
}
