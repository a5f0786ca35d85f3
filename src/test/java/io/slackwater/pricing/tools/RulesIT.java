package io.slackwater.pricing.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.demo.Broker;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.testing.Poll;
import io.slackwater.pricing.testing.World;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tools on a real broker: first before any job runs, then with the whole job, lake included.
 * One story, in order.
 */
@Timeout(300)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RulesIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BOOK =
            """
            book_id: default
            currency: EUR
            default_tier: standard
            comment: COMMENT
            tiers:
              standard: {base_price: 10.00}
            rules:
              - {rule_id: all, kind: regional, multiplier: 1}
            """;

    @TempDir static Path dir;

    @RegisterExtension
    static final MiniClusterExtension CLUSTER = World.cluster(1, RulesIT::configuration);

    private static World world;
    private static JobClient job;

    @BeforeAll
    static void startTheWorld() {
        world = World.start(dir);
        KafkaTopics.create(settings());
    }

    @AfterAll
    static void stopTheWorld() throws Exception {
        if (job != null) {
            job.cancel().get();
        }
        if (world != null) {
            world.close();
        }
    }

    // ---- before a job runs

    @Test
    @Order(1)
    void knowsNoBookWhereNoneWasPublished() throws Exception {
        rules("status").ends(Rules.NO).says("in force  none: the job told nothing");
        JsonNode answer = rules("status", "--json").ends(Rules.NO).json();
        assertFalse(answer.has("in_force"));
        assertEquals(world.broker().bootstrapServers(), answer.path("brokers").asText());
        rules("rollback", "1").ends(Rules.WRONG_USE).complains("the lake that keeps it");
    }

    @Test
    @Order(2)
    void saysWhatIsKnownWhenNobodyAnswersInTime() throws Exception {
        rules("publish", book("first"), "--wait", "1s")
                .ends(Rules.NO)
                .says(
                        "book.yaml: no faults.",
                        "Published as default@1.",
                        "default@1 is published, and the job has not answered within 1 s.");
        rules("status")
                .ends(Rules.NO)
                .says("unanswered  default@1 is published, and the job has not answered yet");
        assertTrue(published().get(0).contains("\"comment\":\"first\",\"tiers\""), "as it was");
    }

    @Test
    @Order(3)
    void publishesNothingInADryRun() throws Exception {
        rules("publish", book("second"), "--dry-run", "--comment", "other", "--force")
                .ends(Rules.GOOD)
                .says(
                        "It would be published as default@2; nothing was published.",
                        "Compared with default@1, the newest published:",
                        "comment: first -> other",
                        "force: true, was not given");
        JsonNode answer =
                rules("publish", book("second"), "--dry-run", "--json").ends(Rules.GOOD).json();
        assertFalse(answer.path("published").asBoolean());
        assertEquals(2, answer.path("version").asInt());
        assertEquals(1, published().size());
    }

    @Test
    @Order(4)
    void publishesOnceMoreWhatTheJobCallsStale() throws Exception {
        try (Answers answers =
                new Answers("autumn", "STALE", "ACTIVE CONVERGING CONVERGED", "ACTIVE CANCELLED")) {
            rules("publish", other("autumn"), "--set", "pricing.book=autumn")
                    .ends(Rules.GOOD)
                    .says(
                            "autumn@1 STALE ",
                            "Somebody else was quicker with autumn@1. Once more.",
                            "Published as autumn@2.",
                            "autumn@2 CONVERGING  40 % of the stock, 7 prices re-examined, 3 changed.",
                            "autumn@2 CONVERGED   7 prices re-examined, 3 changed, in 1,234 ms.",
                            "autumn@2 is in force, and every price follows it.");
            rules("publish", other("autumn"), "--set", "pricing.book=autumn")
                    .ends(Rules.NO)
                    .says("A newer book has taken the place of autumn@3.");
            answers.check();
        }
    }

    @Test
    @Order(4)
    void givesUpWhereEveryVersionIsStale() throws Exception {
        try (Answers answers = new Answers("stale", "STALE", "STALE", "STALE")) {
            rules("publish", other("stale"), "--set", "pricing.book=stale")
                    .ends(Rules.NO)
                    .complains("3 versions came too late, the last one stale@3");
            answers.check();
        }
    }

    @Test
    @Order(4)
    void tellsEveryReasonOfARefusal() throws Exception {
        try (Answers answers = new Answers("refused", "REJECTED", "REJECTED")) {
            rules("publish", other("refused"), "--set", "pricing.book=refused")
                    .ends(Rules.NO)
                    .says(
                            "refused@1 REJECTED    it is refused whole.",
                            "    the whole document: It would move too much?[31m.",
                            "refused@1 changes nothing; the book before it stays.");
            JsonNode answer =
                    rules("publish", other("refused"), "--set", "pricing.book=refused", "--json")
                            .ends(Rules.NO)
                            .json();
            assertTrue(answer.path("published").asBoolean());
            assertEquals(2, answer.path("version").asInt());
            assertEquals(
                    "CIRCUIT_BREAKER",
                    answer.path("answer").path("reasons").path(0).path("reason").asText());
            answers.check();
        }
    }

    @Test
    @Order(4)
    void endsAtOnceWithABookThatDecidesNoMore() throws Exception {
        try (Answers answers = new Answers("happy", "ACTIVE ENDED", "SCHEDULED OVERTAKEN")) {
            rules("publish", other("happy"), "--set", "pricing.book=happy")
                    .ends(Rules.NO)
                    .says(
                            "happy@1 ENDED       its time is over; happy@7 decides now.",
                            "happy@1 has ended before every price followed it; happy@7 decides.");
            rules("status", "--set", "pricing.book=happy")
                    .ends(Rules.GOOD)
                    .says("in force     happy@7\n", "happy@1 ENDED: its time is over; happy@7");
            rules("publish", other("happy"), "--set", "pricing.book=happy")
                    .ends(Rules.NO)
                    .says(
                            "happy@2 OVERTAKEN   happy@7 holds at its begin: it does not decide.",
                            "happy@2 does not decide: a newer book holds at its begin.");
            JsonNode status =
                    rules("status", "--set", "pricing.book=happy", "--json")
                            .ends(Rules.GOOD)
                            .json();
            assertEquals(7, status.path("in_force").path("version").asInt());
            assertEquals(0, status.path("scheduled").size());
            answers.check();
        }
    }

    @Test
    @Order(4)
    void publishesNoBookThatTheJobWouldIgnore() throws Exception {
        rules("publish", other("autumn"))
                .ends(Rules.WRONG_USE)
                .complains("book_id is 'autumn', and the job prices with 'default'");
    }

    // ---- with the job

    @Test
    @Order(5)
    void seesTheBookThatWaitedForTheJob() throws Exception {
        job = World.run("rules", settings(), configuration());
        long now = System.currentTimeMillis();
        for (int i = 0; i < 100; i++) {
            world.send(
                    KafkaTopics.INVENTORY,
                    "P" + i,
                    "{\"product_id\":\"P%d\",\"event_time\":\"%s\",\"inventory\":[{\"warehouse_id\":\"WH\",\"quantity\":%d}]}"
                            .formatted(i, Instant.ofEpochMilli(now), i));
        }
        Poll.until(
                "default@1", () -> rules("status").out().contains("prices       all follow it: "));
        RulesRun status = rules("status").ends(Rules.GOOD).says("in force     default@1 since ");
        status.says(", \"first\"", "last answer  ", "default@1 CONVERGED: ");
        JsonNode answer = rules("status", "--json").ends(Rules.GOOD).json();
        assertEquals(1, answer.path("in_force").path("version").asInt());
        assertEquals("first", answer.path("in_force").path("comment").asText());
        assertEquals("CONVERGED", answer.path("progress").path("status").asText());
    }

    @Test
    @Order(6)
    void waitsUntilEveryPriceFollows() throws Exception {
        RulesRun run =
                rules("publish", book("dearer").replace("10.00", "12.00"), "--comment", "12 now")
                        .ends(Rules.GOOD)
                        .says(
                                "Published as default@2.",
                                "default@2 CONVERGED   100 prices re-examined, 100 changed, in ",
                                "default@2 is in force, and every price follows it.");
        assertEquals("", run.err());
        rules("status").ends(Rules.GOOD).says("in force     default@2 since ", "\"12 now\"");
    }

    @Test
    @Order(7)
    void endsWithABookThatBeginsLater() throws Exception {
        JsonNode answer =
                rules("publish", book("later") + "effective_from: 2099-01-01T00:00:00Z\n", "--json")
                        .ends(Rules.GOOD)
                        .json();
        assertEquals("SCHEDULED", answer.path("answer").path("status").asText());
        rules("status")
                .ends(Rules.GOOD)
                .says(
                        "in force     default@2 since ",
                        "scheduled    default@3 from 2099-01-01T00:00:00.000Z\n",
                        "default@3 SCHEDULED: it is accepted and begins at 2099-01-01");
    }

    @Test
    @Order(8)
    void isToldAtOnceThatABookIsOverAndWhoDecidesThen() throws Exception {
        String over =
                book("last year")
                        + "effective_from: 2020-01-01T00:00:00Z\n"
                        + "effective_to: 2020-02-01T00:00:00Z\n";
        long began = System.nanoTime();
        rules("publish", over, "--wait", "120s")
                .ends(Rules.NO)
                .says(
                        "warning  line 10  /effective_to",
                        "(BOOK_IS_OVER)",
                        "default@4 REJECTED ",
                        "default@4 changes nothing; the book before it stays.");
        assertTrue(System.nanoTime() - began < 60_000_000_000L, "it waited");
        rules("status").ends(Rules.GOOD).says("in force     default@2 since ");
    }

    @Test
    @Order(9)
    void takesAVersionBack() throws Exception {
        rules("rollback", "1")
                .ends(Rules.GOOD)
                .says(
                        "Taking default@1 again.\n",
                        "Published as default@5.",
                        "default@5 CONVERGED   100 prices re-examined, 100 changed, in ");
        String document = last(published());
        assertTrue(document.contains("\"comment\":\"rollback to 1\""), document);
        assertTrue(document.contains("\"base_price\":10.00"), document);
        // The begin of that time would keep it from holding now.
        rules("rollback", "3", "--comment", "the later one, now", "--wait", "0s")
                .ends(Rules.GOOD)
                .says("Taking default@3 again, without effective_from.", "Published as default@6.");
        document = last(published());
        assertFalse(document.contains("effective_from"), document);
        assertTrue(document.contains("\"comment\":\"the later one, now\""), document);
        rules("rollback", "77").ends(Rules.NO).complains("default@77 is not known");
    }

    @Test
    @Order(10)
    void findsInTheLakeWhatIsOnNoTopicAnyMore() throws Exception {
        Path elsewhere = Files.createDirectory(dir.resolve("elsewhere"));
        try (Broker empty = Broker.start(elsewhere)) {
            String servers = "kafka.bootstrap.servers=" + empty.bootstrapServers();
            rules("status", "--set", servers)
                    .ends(Rules.WRONG_USE)
                    .complains("there is no topic pricing_rules at " + empty.bootstrapServers());
            KafkaTopics.create(settings("--" + servers));

            RulesRun run =
                    rules("rollback", "2", "--set", servers, "--wait", "0s")
                            .ends(Rules.GOOD)
                            .says("Taking default@2 again.", "Published as default@1.");
            assertEquals("", run.err());
        }
    }

    @Test
    @Order(11)
    void twoWhoPublishAtTheSameTimeGetTwoVersions() throws Exception {
        for (int round = 0; round < 3; round++) {
            String first = book("a" + round);
            String second = book("b" + round);
            CompletableFuture<RulesRun> other =
                    CompletableFuture.supplyAsync(() -> unchecked(first));
            RulesRun mine = unchecked(second);
            RulesRun theirs = other.get();

            JsonNode one = mine.json();
            JsonNode two = theirs.json();
            assertNotEquals(
                    one.path("version").asLong(), two.path("version").asLong(), mine + "" + theirs);
            JsonNode newer =
                    one.path("version").asLong() > two.path("version").asLong() ? one : two;
            assertTrue(newer.path("good").asBoolean(), mine + "" + theirs);
            rules("status")
                    .ends(Rules.GOOD)
                    .says("in force     default@" + newer.path("version").asLong() + " since ");
        }
    }

    private static RulesRun unchecked(String book) {
        try {
            return rules("publish", book, "--json");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- what the tests need

    /** Runs a command against the broker and the lake; a text of several lines is a file. */
    private static RulesRun rules(String command, String... args) throws IOException {
        List<String> line = new ArrayList<>(List.of(command));
        for (String override :
                List.of(
                        "kafka.bootstrap.servers=" + world.broker().bootstrapServers(),
                        "lake.uri=" + world.database().url(),
                        "lake.user=" + world.database().user(),
                        "lake.warehouse=" + world.warehouse())) {
            line.add("--set");
            line.add(override);
        }
        for (String arg : args) {
            line.add(
                    arg.contains("\n")
                            ? Files.writeString(
                                            Files.createTempDirectory(dir, "book")
                                                    .resolve("book.yaml"),
                                            arg)
                                    .toString()
                            : arg);
        }
        return RulesRun.of(line.toArray(String[]::new));
    }

    private static String book(String comment) {
        return BOOK.replace("COMMENT", comment);
    }

    private static String other(String id) {
        return BOOK.replace("book_id: default", "book_id: " + id);
    }

    private static Settings settings(String... overrides) {
        List<String> args = new ArrayList<>(List.of("--database.enabled", "false"));
        args.addAll(List.of(overrides));
        return world.settings(args.toArray(String[]::new));
    }

    private static Configuration configuration() {
        Configuration configuration = World.flink(dir.resolve("checkpoints"));
        configuration.setString("execution.checkpointing.interval", "500 ms");
        configuration.setString("parallelism.default", "2");
        return configuration;
    }

    /** Every document of the book {@code default} on {@code pricing_rules}. */
    private static List<String> published() {
        try (RuleTopics topics = RuleTopics.open(settings(), "")) {
            return topics.published().stream()
                    .map(book -> new String(book.document(), StandardCharsets.UTF_8))
                    .toList();
        }
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    /** Answers the messages about a book in the place of a job: for each, the states in order. */
    private static final class Answers implements AutoCloseable {

        private final String book;
        private final Deque<String> script;
        private final CompletableFuture<Void> running;
        private volatile boolean closing;

        Answers(String book, String... script) {
            this.book = book;
            this.script = new ArrayDeque<>(List.of(script));
            this.running = CompletableFuture.runAsync(this::run);
        }

        private void run() {
            try (KafkaConsumer<byte[], byte[]> consumer =
                    new KafkaConsumer<>(
                            Map.of("bootstrap.servers", world.broker().bootstrapServers()),
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer())) {
                List<TopicPartition> rules = List.of(new TopicPartition(KafkaTopics.RULES, 0));
                consumer.assign(rules);
                consumer.seekToBeginning(rules);
                while (!closing) {
                    for (ConsumerRecord<byte[], byte[]> message :
                            consumer.poll(Duration.ofMillis(50))) {
                        if (book.equals(new String(message.key(), StandardCharsets.UTF_8))) {
                            long version = JSON.readTree(message.value()).path("version").asLong();
                            for (String state : script.remove().split(" ")) {
                                answer(version, state);
                            }
                        }
                    }
                }
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        private void answer(long version, String state) throws Exception {
            String details =
                    switch (state) {
                        case "REJECTED" ->
                                ",\"reasons\":[{\"reason\":\"CIRCUIT_BREAKER\",\"path\":\"\",\"message\":\"It would move too much\\u001b[31m.\"}]";
                        case "ENDED", "OVERTAKEN" -> ",\"deciding_version\":7";
                        case "CONVERGING" ->
                                ",\"examined\":7,\"changed\":3,\"progress_percent\":40";
                        case "CONVERGED" -> ",\"examined\":7,\"changed\":3,\"took_ms\":1234";
                        default -> "";
                    };
            world.send(
                    KafkaTopics.RULE_STATUS,
                    book,
                    "{\"book_id\":\"%s\",\"version\":%d,\"status\":\"%s\"%s}"
                            .formatted(book, version, state, details));
        }

        /** Fails unless every message that was expected has come. */
        void check() {
            assertEquals(List.of(), List.copyOf(script));
        }

        @Override
        public void close() {
            closing = true;
            running.join();
        }
    }
}
