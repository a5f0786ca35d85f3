package io.slackwater.pricing.benchmark;

import io.slackwater.pricing.settings.SettingsReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** A contestant in a JVM of its own, from its start to its end. */
final class ContestantRun implements AutoCloseable {

    private static final Path CONF = Path.of("flink-conf");

    /** How long nothing has to come for everything to have come. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    /** How long nothing may come while records are due. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final Duration FAREWELL = Duration.ofSeconds(20);

    private final Contestant contestant;
    private final Path log;
    private final Process process;
    private final CpuMeter meter;
    private final Thread atExit;
    private final long startedAt = System.currentTimeMillis();

    /**
     * Starts it. Heap, opened packages and collector are those of this JVM.
     *
     * @param dir where its log and state are
     * @param name of the run, which no other run has
     * @param commits how often it commits
     * @param javaOptions more options of its JVM
     * @param settings of the job
     * @param lakePassword null: no lake
     */
    ContestantRun(
            Contestant contestant,
            Path dir,
            String name,
            Duration commits,
            List<String> javaOptions,
            List<String> settings,
            String lakePassword)
            throws IOException {
        this.contestant = contestant;
        this.log = dir.resolve(name + ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(javaOptions);
        command.add(BenchmarkRun.class.getName());
        command.add(contestant.name());
        command.add(CONF.toString());
        command.add(dir.resolve(name).toUri().toString());
        command.add(Long.toString(commits.toMillis()));
        command.addAll(settings);
        command.addAll(List.of("--kafka.environment", name));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        if (lakePassword != null) {
            builder.environment().put(SettingsReader.LAKE_PASSWORD, lakePassword);
        }
        process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        meter = new CpuMeter(process);
        atExit = new Thread(process::destroyForcibly, "stop-run");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Wall clock, epoch milliseconds. */
    long startedAt() {
        return startedAt;
    }

    /**
     * Waits until so many records are committed and no more come.
     *
     * @throws IllegalStateException when it failed, or nothing came for minutes
     */
    void awaitPrices(PriceTopics topics, long due)
            throws IOException, ExecutionException, InterruptedException {
        PriceTopics.Ends before = null;
        long movedAt = System.nanoTime();
        while (true) {
            PriceTopics.Ends now = topics.ends();
            long still = System.nanoTime() - movedAt;
            if (!now.equals(before)) {
                before = now;
                movedAt = System.nanoTime();
            } else if (now.committed() >= due
                    && now.committed() == now.written()
                    && still > QUIET.toNanos()) {
                return;
            }
            if (!process.isAlive()) {
                if (process.exitValue() != 0) {
                    throw failed("ended with " + process.exitValue());
                }
                return;
            }
            if (still > PATIENCE.toNanos()) {
                throw failed("has written nothing for " + PATIENCE.toMinutes() + " minutes");
            }
            Thread.sleep(250);
        }
    }

    /** Says so with the whole log. */
    IllegalStateException failed(String how) throws IOException {
        return new IllegalStateException(
                "The run of the %s %s:%n%s"
                        .formatted(contestant.title, how, Files.readString(log)));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Stops it. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        meter.close();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }

    /**
     * Returns the processor time that it spent between two moments, seconds. Only after its end.
     *
     * @param from wall clock, epoch milliseconds
     * @param to likewise
     */
    double cpuSeconds(long from, long to) {
        return meter.seconds(to) - meter.seconds(from);
    }
}
