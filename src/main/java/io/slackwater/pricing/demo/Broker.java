package io.slackwater.pricing.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/**
 * A real Kafka broker of one node in a JVM of its own, on free ports of the loopback interface.
 *
 * <p>It lives no longer than the process that started it, however that one ends: the child reads
 * its standard input, whose other end only the parent holds, and stops when it closes.
 *
 * <pre>{@code
 * try (Broker broker = Broker.start(directory)) {
 *     properties.put("bootstrap.servers", broker.bootstrapServers());
 * }
 * }</pre>
 */
public final class Broker implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration FAREWELL = Duration.ofSeconds(15);
    private static final int TAIL_LINES = 20;

    private final Process process;
    private final int port;
    private final Thread atExit = new Thread(this::stop, "stop-broker");

    private Broker(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a broker with an empty store, and returns when it answers.
     *
     * @param dir where its files go, in a folder {@code broker}: the log {@code broker.log}, its
     *     settings and its data. Whoever owns the directory deletes it
     * @throws IllegalStateException when it does not answer within a minute or ends before; the
     *     message has the end of its log
     */
    public static Broker start(Path dir) {
        Path home = dir.resolve("broker");
        int[] ports = freePorts();
        try {
            Files.createDirectories(home);
            Files.writeString(
                    home.resolve("server.properties"), settings(home, ports[0], ports[1]));
        } catch (IOException e) {
            throw new UncheckedIOException("The broker cannot be started in " + home, e);
        }
        return launch(home, ports[0]);
    }

    /**
     * Starts a broker once more that was stopped: in its directory, on its ports, with its data, or
     * with none where somebody deleted the folder {@code broker/data}.
     *
     * @param dir as given to {@link #start}
     * @throws IllegalStateException likewise
     */
    public static Broker startAgain(Path dir) {
        Path home = dir.resolve("broker");
        Properties settings = new Properties();
        try (InputStream file = Files.newInputStream(home.resolve("server.properties"))) {
            settings.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException("No broker was started in " + home, e);
        }
        String address = settings.getProperty("advertised.listeners");
        return launch(home, Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
    }

    private static Broker launch(Path home, int port) {
        try {
            Path settings = home.resolve("server.properties");
            Path logging = home.resolve("log4j2.properties");
            Files.writeString(logging, LOGGING);
            Path log = home.resolve("broker.log");
            ProcessBuilder builder =
                    new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-Xmx512m",
                            "-XX:+UseG1GC",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-Dlog4j2.configurationFile=" + logging.toUri(),
                            Child.class.getName(),
                            settings.toString());
            // Not on the command line: it is too long to be read by anyone who lists processes.
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            builder.redirectErrorStream(true).redirectOutput(log.toFile());
            Broker broker = new Broker(builder.start(), port);
            Runtime.getRuntime().addShutdownHook(broker.atExit);
            try {
                broker.awaitAnswer(log);
            } catch (RuntimeException e) {
                broker.close();
                throw e;
            }
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException("The broker cannot be started in " + home, e);
        }
    }

    /** Such as {@code localhost:40123}. */
    public String bootstrapServers() {
        return "localhost:" + port;
    }

    /** Stops it and waits until it is gone. Its files stay. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is going down: the hook does the same at the same time, and once is enough.
        }
        stop();
    }

    private void stop() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It is gone already, or is forced to go below.
        }
        try {
            if (!process.waitFor(FAREWELL.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void awaitAnswer(Path log) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "The broker ended with exit code "
                                + process.exitValue()
                                + " instead of answering; the end of its log "
                                + log
                                + ":\n"
                                + tail(log));
            }
            if (listens() && answers()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "The broker did not answer at "
                                + bootstrapServers()
                                + " within "
                                + PATIENCE.toSeconds()
                                + " seconds; the end of its log "
                                + log
                                + ":\n"
                                + tail(log));
            }
            try {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while the broker was starting", e);
            }
        }
    }

    /** Asked first because a Kafka client logs a warning for every refused connection. */
    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private boolean answers() {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            return !admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).isEmpty();
        } catch (ExecutionException | TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String tail(Path log) throws IOException {
        List<String> lines =
                new String(Files.readAllBytes(log), StandardCharsets.UTF_8).lines().toList();
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
    }

    /** Two, held at the same time so that they differ. */
    private static int[] freePorts() {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ServerSocket first = new ServerSocket(0, 1, here);
                ServerSocket second = new ServerSocket(0, 1, here)) {
            return new int[] {first.getLocalPort(), second.getLocalPort()};
        } catch (IOException e) {
            throw new UncheckedIOException("No free port on the loopback interface", e);
        }
    }

    private static String settings(Path home, int clients, int controller) {
        return """
        process.roles=broker,controller
        node.id=1
        listeners=PLAINTEXT://localhost:%1$d,CONTROLLER://localhost:%2$d
        advertised.listeners=PLAINTEXT://localhost:%1$d
        controller.listener.names=CONTROLLER
        controller.quorum.voters=1@localhost:%2$d
        log.dirs=%3$s
        auto.create.topics.enable=false
        group.initial.rebalance.delay.ms=0
        # History has timestamps of its time: with the usual week of retention, half a minute after
        # the start all messages older than that would be gone.
        log.retention.ms=-1
        # One node: nothing can be kept twice.
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=4
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        transaction.state.log.num.partitions=4
        share.coordinator.state.topic.replication.factor=1
        share.coordinator.state.topic.min.isr=1
        """
                .formatted(clients, controller, home.resolve("data").toString().replace("\\", "/"));
    }

    private static final String LOGGING =
            """
            rootLogger.level = INFO
            rootLogger.appenderRef.out.ref = Out
            appender.out.type = Console
            appender.out.name = Out
            appender.out.layout.type = PatternLayout
            appender.out.layout.pattern = %d{HH:mm:ss.SSS} %-5p %c{1} - %m%n
            """;

    /** What runs in the child JVM. */
    static final class Child {

        private Child() {}

        /** Formats the store that the settings file names, and serves until the input closes. */
        public static void main(String[] args) throws IOException {
            int code = isFormatted(Path.of(args[0])) ? 0 : format(args[0], System.out);
            if (code != 0) {
                System.exit(code);
            }
            Thread watch = new Thread(() -> exitWhenClosed(System.in), "watch-parent");
            watch.setDaemon(true);
            watch.start();
            Kafka.main(new String[] {args[0]});
        }

        /** A store has an id of its own, and is not formatted with another one. */
        private static boolean isFormatted(Path settings) throws IOException {
            Properties properties = new Properties();
            try (InputStream file = Files.newInputStream(settings)) {
                properties.load(file);
            }
            return Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"));
        }

        private static int format(String settings, PrintStream log) {
            return StorageTool.execute(
                    new String[] {
                        "format", "--cluster-id", Uuid.randomUuid().toString(), "--config", settings
                    },
                    log);
        }

        @SuppressWarnings("EmptyWhile") // Nothing is ever sent: only the end of the stream counts.
        private static void exitWhenClosed(InputStream parent) {
            try {
                while (parent.read() >= 0) {}
            } catch (IOException e) {
                // As good as closed.
            }
            System.exit(0);
        }
    }
}
