package io.slackwater.pricing.connectors;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.settings.Settings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

class KafkaTopicsTest {

    private static final Duration BROKER = ofMinutes(15);

    @Test
    void aTransactionMayBeAsLongAsTheBrokerAllowsAndNotLonger() {
        assertEquals(List.of(), faults(ofMinutes(15), BROKER, ofSeconds(5), ofMinutes(10)));
        assertEquals(
                List.of(
                        "kafka.transaction.timeout: 901 s is more than the broker allows; at most its transaction.max.timeout.ms, which is 15 min"),
                faults(ofSeconds(901), BROKER, ofSeconds(5), ofMinutes(10)));
    }

    @Test
    void aTransactionMustOutliveACheckpointAndARestart() {
        assertEquals(List.of(), faults(ofSeconds(666), BROKER, ofSeconds(5), ofMinutes(10)));
        assertEquals(
                List.of(
                        "kafka.transaction.timeout: 665 s is too short; more than 665 s, which is execution.checkpointing.interval (5 s), execution.checkpointing.timeout (10 min) and 1 min for a restart"),
                faults(ofSeconds(665), BROKER, ofSeconds(5), ofMinutes(10)));
    }

    @Test
    void exactlyOnceNeedsCheckpoints() {
        List<String> faults = faults(ofMinutes(14), BROKER, null, ofMinutes(10));
        assertEquals(1, faults.size());
        assertTrue(faults.get(0).contains("execution.checkpointing.interval is not set"));
    }

    @Test
    void aBrokerThatMayNotBeAskedIsNotAFault() {
        assertEquals(List.of(), faults(ofMinutes(60), null, ofSeconds(5), ofMinutes(10)));
    }

    @Test
    void aBrokerThatDoesNotAnswerIsOneSentenceAndNoLongWait() throws Exception {
        int silent;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            silent = socket.getLocalPort();
        }
        Settings settings = settings("localhost:" + silent);
        long begin = System.nanoTime();
        StartupException refused =
                assertThrows(
                        StartupException.class,
                        () -> KafkaTopics.check(settings, new Configuration()));
        assertEquals(
                "kafka.bootstrap.servers: no broker answers at localhost:%d within 10 seconds"
                        .formatted(silent),
                refused.getMessage());
        assertTrue(Duration.ofNanos(System.nanoTime() - begin).toSeconds() < 20);
    }

    @Test
    void aBrokerWithoutAnAddressIsOneSentence() {
        StartupException refused =
                assertThrows(
                        StartupException.class,
                        () ->
                                KafkaTopics.check(
                                        settings("no-such-host.invalid:9092"),
                                        new Configuration()));
        assertEquals(1, refused.faults().size());
        assertTrue(refused.getMessage().contains("no-such-host.invalid:9092"), refused::getMessage);
    }

    private static List<String> faults(
            Duration timeout, Duration broker, Duration interval, Duration checkpoint) {
        List<String> faults = new ArrayList<>();
        BrokerChecks.checkTransactions(timeout, broker, interval, checkpoint, faults);
        return faults;
    }

    private static Settings settings(String servers) {
        return new Settings(
                Settings.Mode.LIVE,
                new Settings.Start(false, Settings.RulesHistory.TOPIC),
                new Settings.Kafka(
                        servers,
                        "test",
                        Settings.Delivery.EXACTLY_ONCE,
                        ofMinutes(14),
                        false,
                        1,
                        1,
                        true,
                        Map.of()),
                null,
                null,
                null,
                null);
    }
}
