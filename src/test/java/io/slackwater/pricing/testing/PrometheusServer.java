package io.slackwater.pricing.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** A Prometheus of the test's own, in a process and a folder of its own, on a free port. */
public final class PrometheusServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final URI address;
    private final Thread atExit;

    private PrometheusServer(Process process, URI address) {
        this.process = process;
        this.address = address;
        // Prometheus does not notice that its parent was killed; a JVM that ends in order does.
        this.atExit = new Thread(process::destroyForcibly, "stop-prometheus");
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** Whether a program is on the PATH. */
    public static boolean isInstalled(String program) {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Starts a server, and returns when it is ready.
     *
     * @param dir where its data and its log {@code prometheus.log} go
     * @param configuration its file
     */
    public static PrometheusServer start(Path dir, Path configuration)
            throws IOException, InterruptedException {
        int port = Scrape.freePort();
        Path log = dir.resolve("prometheus.log");
        Process process =
                new ProcessBuilder(
                                "prometheus",
                                "--config.file=" + configuration,
                                "--storage.tsdb.path=" + dir.resolve("data"),
                                "--web.listen-address=127.0.0.1:" + port)
                        .directory(dir.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        PrometheusServer server =
                new PrometheusServer(process, URI.create("http://127.0.0.1:" + port));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!server.isReady()) {
            if (System.nanoTime() > deadline || process.waitFor(100, TimeUnit.MILLISECONDS)) {
                server.close();
                throw new IllegalStateException(
                        "Prometheus does not answer; its log:\n" + Files.readString(log));
            }
        }
        return server;
    }

    /**
     * Waits for the blink of an eye, in which it may learn more.
     *
     * @throws IllegalStateException when it has ended
     */
    public void letItWork() throws InterruptedException {
        if (process.waitFor(100, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("Prometheus has ended: " + process.exitValue());
        }
    }

    /** The names of the alarms that fire now. */
    public Set<String> firing() {
        return alarms("firing");
    }

    private Set<String> alarms(String state) {
        Set<String> names = new TreeSet<>();
        for (JsonNode alarm : get("/api/v1/alerts").at("/data/alerts")) {
            if (alarm.get("state").asText().equals(state)) {
                names.add(alarm.at("/labels/alertname").asText());
            }
        }
        return names;
    }

    /** What Prometheus knows of an alarm that fires, with its texts; null where it does not. */
    public JsonNode alarm(String name) {
        for (JsonNode alarm : get("/api/v1/alerts").at("/data/alerts")) {
            if (alarm.at("/labels/alertname").asText().equals(name)
                    && alarm.get("state").asText().equals("firing")) {
                return alarm;
            }
        }
        return null;
    }

    /**
     * The series that an expression has now.
     *
     * @throws IllegalArgumentException with Prometheus' words when it is no expression
     */
    public List<JsonNode> query(String expression) {
        JsonNode answer =
                get("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        if (!answer.path("status").asText().equals("success")) {
            throw new IllegalArgumentException(expression + ": " + answer.path("error").asText());
        }
        List<JsonNode> series = new ArrayList<>();
        answer.at("/data/result").forEach(series::add);
        return series;
    }

    private JsonNode get(String path) {
        try {
            return JSON.readTree(send(path).body());
        } catch (IOException e) {
            throw new UncheckedIOException("Prometheus does not answer " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while Prometheus was asked", e);
        }
    }

    private boolean isReady() throws InterruptedException {
        try {
            return send("/-/ready").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpResponse<String> send(String path) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(address.resolve(path))
                        .timeout(Duration.ofSeconds(20))
                        .build(),
                BodyHandlers.ofString());
    }

    /** Ends it, and returns when it is gone. */
    @Override
    public void close() throws InterruptedException {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is going down, and the hook does what follows.
        }
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
