package io.slackwater.pricing.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.PricingJob;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.demo.Verdict.Check;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import io.slackwater.pricing.testing.Poll;
import io.slackwater.pricing.tools.FlinkCluster;
import io.slackwater.pricing.tools.Submit;
import io.slackwater.pricing.tools.SubmitOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fat JAR on a real cluster in JVMs of its own, under traffic: submitted over REST, a task
 * manager lost, upgraded from a savepoint; and then everything adds up, the counters of the job
 * included, which only state can have carried over.
 */
class ClusterIT {

    private static final long SEED = 20261121;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What the cluster's processes know and must never tell. The database asks for none. */
    private static final Map<String, String> SECRETS =
            Map.of(
                    SettingsReader.DATABASE_PASSWORD,
                    "canary-of-the-database",
                    SettingsReader.LAKE_PASSWORD,
                    "canary-of-the-lake",
                    "SHOP_KAFKA_PASSWORD",
                    "canary-of-the-broker",
                    "SHOP_CATALOG_CREDENTIAL",
                    "canary-of-the-catalog");

    @TempDir Path dir;

    private URI rest;
    private List<String> settings;

    @Test
    @Timeout(value = 8, unit = TimeUnit.MINUTES)
    void losesNothingWhenATaskManagerIsKilledAndTheJobIsUpgraded() throws Exception {
        System.out.println("seed " + SEED);
        Path jar = Path.of(System.getProperty("fat.jar"));
        Path home = Files.createDirectories(dir.resolve("a cluster"));
        try (Broker broker = Broker.start(dir);
                Database database = Database.start(dir)) {
            try {
                // One: of two, the job might run on the other one.
                cluster("start", "--port", "0", "--taskmanagers", "1", "--dir", home.toString());
                rest =
                        URI.create(
                                "http://localhost:"
                                        + Files.readString(home.resolve("port")).strip());
                underTraffic(jar, home, broker, database);
            } finally {
                cluster("stop", "--dir", home.toString());
            }
        }
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            assertEquals(
                    List.of(),
                    processes
                            .map(p -> p.info().commandLine().orElse(""))
                            .filter(line -> line.contains(home.toString()))
                            .toList(),
                    "no process stays behind");
        }
    }

    private void underTraffic(Path jar, Path home, Broker broker, Database database)
            throws Exception {
        settings =
                List.of(
                        "--kafka.bootstrap.servers=" + broker.bootstrapServers(),
                        "--kafka.environment=cluster-it",
                        "--kafka.topics.create=true",
                        "--metrics.window=10s",
                        "--lake.uri=" + database.url(),
                        "--lake.user=" + database.user(),
                        "--lake.warehouse=" + dir.resolve("lake").toUri(),
                        "--database.url=" + database.url(),
                        "--database.user=" + database.user(),
                        "--kafka.client.sasl.jaas.config=org.apache.kafka.common.security.plain."
                                + "PlainLoginModule required username=\"shop\""
                                + " password=\"${env:SHOP_KAFKA_PASSWORD}\";",
                        "--lake.catalog.credential=${env:SHOP_CATALOG_CREDENTIAL}");
        Settings read = SettingsReader.read(settings.toArray(String[]::new), SECRETS);
        KafkaTopics.create(read);

        FlinkCluster cluster = new FlinkCluster(rest);
        String first = Submit.submit(cluster, options(jar, false), System.out);

        CountDownLatch stop = new CountDownLatch(1);
        Shop shop = new Shop(SEED, catalog());
        Traffic traffic = new ShopTraffic(shop, 150, System::currentTimeMillis);
        try (Feed feed = new Feed(broker.bootstrapServers());
                Watch watch = new Watch(broker.bootstrapServers());
                Auditor auditor = new Auditor(read, System::currentTimeMillis)) {
            watch.start();
            auditor.start();
            feed.ruleBook("default", Files.readAllBytes(Path.of("jobs/books/default.json")));
            for (JsonNode entry : catalog()) {
                feed.catalogEntry(entry.path("product_id").asText(), JSON.writeValueAsBytes(entry));
            }
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(
                            () -> {
                                try {
                                    traffic.run(feed, m -> stop.await(m, TimeUnit.MILLISECONDS));
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            try {
                awaitMorePrices(watch, 2_000);

                kill(home.resolve("taskmanager-1.pid"));
                cluster("taskmanager", "--dir", home.toString());
                // Up to half a minute may pass before the job manager misses a silent one.
                Poll.until("a failure is noted", () -> failures(first) > 0);
                cluster.awaitRunning(first);
                awaitMorePrices(watch, 2_000);

                feed.ruleBook("default", Files.readAllBytes(Path.of("jobs/books/default-v2.json")));
                String second = Submit.submit(cluster, options(jar, true), System.out);
                assertEquals("FINISHED", get("jobs/" + first).path("state").asText());
                awaitMorePrices(watch, 2_000);

                stop.countDown();
                sending.get(1, TimeUnit.MINUTES);
                feed.flush();
                Poll.until(
                        "every message is counted",
                        () -> counters(second).getOrDefault("messages", 0L) == feed.messages());
                Poll.until("the new rule book converges", () -> hasConverged(watch, 2));
                Map<String, Long> counters = settled(second);
                tellsNoSecret(home, broker.bootstrapServers());
                cluster.stopWithSavepoint(second, null);
                Auditor.Conclusion audited = auditor.finish(System.currentTimeMillis());
                watch.finish();

                Aftermath aftermath = new Aftermath(read);
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
                                        watch.records(KafkaTopics.PRICES) - watch.withdrawals(),
                                        watch.brokenVersions(),
                                        watch.records(KafkaTopics.DEAD_LETTERS),
                                        false,
                                        watch.newest(),
                                        OptionalLong.of(aftermath.lakePrices()),
                                        aftermath.currentPrices(),
                                        audited));
                for (Check check : verdict.checks()) {
                    assertTrue(check.right(), check.what() + ": " + check.found());
                }
                assertEquals("default@2", watch.ruleBook());
            } finally {
                stop.countDown();
                sending.get(1, TimeUnit.MINUTES);
            }
        }
    }

    /**
     * Neither logs, nor what REST answers (job graph, configuration, exceptions, metrics), nor what
     * Prometheus is told holds a secret; and no log tells of single records.
     */
    private void tellsNoSecret(Path home, String bootstrapServers) throws Exception {
        Map<String, String> told = new TreeMap<>();
        String logs = "";
        try (Stream<Path> files = Files.list(home.resolve("log"))) {
            for (Path file : files.toList()) {
                told.put(file.toString(), Files.readString(file));
                logs += told.get(file.toString());
            }
        }
        List<String> paths =
                new ArrayList<>(
                        List.of(
                                "overview",
                                "config",
                                "jars",
                                "jobs/overview",
                                "jobmanager/config",
                                "jobmanager/environment",
                                "jobmanager/log",
                                "jobmanager/stdout",
                                "jobmanager/thread-dump",
                                "taskmanagers"));
        for (JsonNode manager : get("taskmanagers").path("taskmanagers")) {
            for (String part : List.of("", "/log", "/stdout", "/thread-dump", "/metrics")) {
                paths.add("taskmanagers/" + manager.path("id").asText() + part);
            }
        }
        for (JsonNode one : get("jobs").path("jobs")) {
            String job = "jobs/" + one.path("id").asText();
            for (String part :
                    List.of(
                            "",
                            "/plan",
                            "/jobplan",
                            "/config",
                            "/exceptions",
                            "/accumulators",
                            "/checkpoints",
                            "/checkpoints/config",
                            "/jobmanager/config",
                            "/jobmanager/environment",
                            "/metrics")) {
                paths.add(job + part);
            }
            for (JsonNode vertex : get(job).path("vertices")) {
                String task = job + "/vertices/" + vertex.path("id").asText();
                paths.add(task);
                paths.add(task + "/accumulators");
                paths.add(task + "/metrics");
            }
        }
        for (String path : paths) {
            told.put(path, text(URI.create(rest + "/" + path)));
        }
        Matcher reporter =
                Pattern.compile("PrometheusReporter HTTP server on port (\\d+)").matcher(logs);
        for (int ports = 0; reporter.find(); ) {
            try {
                told.put(
                        "metrics " + ++ports,
                        text(URI.create("http://localhost:" + reporter.group(1) + "/metrics")));
            } catch (ConnectException e) {
                // Of the task manager that was killed.
            }
        }
        told.forEach(
                (where, text) ->
                        SECRETS.values()
                                .forEach(
                                        secret ->
                                                assertFalse(
                                                        text.contains(secret),
                                                        where + " tells " + secret)));
        // It looked where something is to be seen.
        assertTrue(logs.contains(bootstrapServers));
        assertTrue(logs.contains("Rule book default@2 is ACTIVE"));
        assertTrue(told.get("jobmanager/log").contains(PricingJob.JOB_NAME));
        assertTrue(
                told.values().stream().anyMatch(text -> text.contains("operator_priced")),
                "metrics were read");
        for (JsonNode entry : catalog()) {
            assertFalse(logs.contains(entry.path("product_id").asText()), "a line a record");
        }
    }

    private SubmitOptions options(Path jar, boolean upgrade) {
        List<String> args = new ArrayList<>();
        args.addAll(List.of("--rest", rest.toString(), "--jar", jar.toString()));
        if (upgrade) {
            args.add("--upgrade");
        }
        args.add("--");
        args.addAll(settings);
        return SubmitOptions.parse(args.toArray(String[]::new));
    }

    private static List<JsonNode> catalog() throws Exception {
        List<JsonNode> entries = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(Path.of("jobs/books/catalog.jsonl"))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                entries.add(JSON.readTree(line));
            }
        }
        return entries;
    }

    private static void awaitMorePrices(Watch watch, long more) throws Exception {
        long before = watch.records(KafkaTopics.PRICES);
        Poll.until(
                more + " more prices",
                () -> {
                    watch.check();
                    return watch.records(KafkaTopics.PRICES) >= before + more;
                });
    }

    private static boolean hasConverged(Watch watch, long version) {
        return watch.answers().stream()
                .anyMatch(a -> a.state() == RuleStatus.State.CONVERGED && a.version() == version);
    }

    /** The counters, when they rest and every line is in its place. */
    private Map<String, Long> settled(String job) throws Exception {
        List<Map<String, Long>> seen = new ArrayList<>();
        Poll.until(
                "every line is in its place",
                () -> {
                    Map<String, Long> now = counters(job);
                    seen.add(now);
                    long placed =
                            Stream.of("priced", "unchanged", "superseded", "waiting", "deadLines")
                                    .mapToLong(name -> now.getOrDefault(name, 0L))
                                    .sum();
                    return placed == now.getOrDefault("lines", -1L);
                });
        return seen.get(seen.size() - 1);
    }

    private Map<String, Long> counters(String job) throws Exception {
        Map<String, Long> counters = new TreeMap<>();
        for (JsonNode one : get("jobs/" + job + "/accumulators").path("user-task-accumulators")) {
            if (one.path("type").asText().equals("LongCounter")) {
                counters.put(one.path("name").asText(), one.path("value").asLong());
            }
        }
        return counters;
    }

    private int failures(String job) throws Exception {
        return get("jobs/" + job + "/exceptions").path("exceptionHistory").path("entries").size();
    }

    private JsonNode get(String path) throws Exception {
        return JSON.readTree(text(URI.create(rest + "/" + path)));
    }

    private static String text(URI uri) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    private static void kill(Path pidFile) throws Exception {
        ProcessHandle process =
                ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip())).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(30, TimeUnit.SECONDS);
    }

    private void cluster(String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of("jobs/cluster"));
        command.addAll(List.of(args));
        Path said = dir.resolve("cluster.txt");
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(SECRETS);
        Process process = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
        assertTrue(process.waitFor(2, TimeUnit.MINUTES), String.join(" ", command));
        assertEquals(0, process.exitValue(), () -> args[0] + ": " + text(said));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
