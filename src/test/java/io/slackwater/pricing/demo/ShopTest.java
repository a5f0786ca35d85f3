package io.slackwater.pricing.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.demo.Shop.Kind;
import io.slackwater.pricing.demo.Shop.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShopTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long START = 1_790_000_000_000L;
    private static final int STEPS = 20_000;

    @Test
    void sellsTheSameForTheSameSeed() throws IOException {
        assertEquals(texts(messages(shop(1))), texts(messages(shop(1))));
    }

    @Test
    void sellsOtherwiseForAnotherSeed() throws IOException {
        assertNotEquals(texts(messages(shop(1))), texts(messages(shop(2))));
    }

    @Test
    void tellsWhatItsShelvesHoldWhateverComesLateOrTwice() throws IOException {
        for (long seed = 1; seed <= 5; seed++) {
            Shop shop = shop(seed);
            List<Message> messages = messages(shop);
            Map<String, Long> newest = new HashMap<>();
            Map<String, Long> times = new HashMap<>();
            Map<String, Long> delisted = new HashMap<>();
            for (Message message : messages) {
                if (message.kind() == Kind.DELISTING) {
                    delisted.merge(message.key(), message.time(), Math::max);
                    newest.keySet().removeIf(key -> key.startsWith(message.key() + "|"));
                } else if (message.kind() != Kind.BAD_MESSAGE) {
                    read(message, newest, times, delisted);
                }
            }
            assertEquals(shop.levels(), newest, "seed " + seed);
        }
    }

    @Test
    void isLateAndRepetitiveAndWrongAsOftenAsRealSendersAre() throws IOException {
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        for (Message message : messages(shop(3))) {
            counts.merge(message.kind(), 1, Integer::sum);
        }
        assertBetween(0.01, 0.03, counts, Kind.DUPLICATE);
        assertBetween(0.01, 0.03, counts, Kind.LATE);
        assertBetween(0.001, 0.006, counts, Kind.BAD_MESSAGE);
        assertBetween(0.001, 0.006, counts, Kind.BAD_LINE);
        assertBetween(0.0001, 0.002, counts, Kind.DELISTING);
        assertBetween(0.01, 0.2, counts, Kind.RESTOCK);
        assertTrue(counts.get(Kind.SALE) > STEPS / 2, counts.toString());
    }

    @Test
    void hasHotSellersLowStockAndNowAndThenSellsMoreThanThereIs() throws IOException {
        Map<String, Integer> sales = new HashMap<>();
        int oversold = 0;
        for (Message message : messages(shop(4))) {
            if (message.kind() == Kind.SALE) {
                sales.merge(message.key(), 1, Integer::sum);
                oversold += text(message).contains("\"quantity\":-") ? 1 : 0;
            }
        }
        int all = sales.values().stream().mapToInt(Integer::intValue).sum();
        int topTen =
                sales.values().stream()
                        .sorted(Comparator.reverseOrder())
                        .limit(10)
                        .mapToInt(Integer::intValue)
                        .sum();
        assertTrue(topTen > all / 4, "the ten hottest sell " + topTen + " of " + all);
        assertTrue(oversold > 0 && oversold < all / 10, oversold + " oversold of " + all);
    }

    @Test
    void countsTheLinesAndTheBadLinesOfItsMessages() throws IOException {
        Set<String> faults = new HashSet<>();
        for (Message message : messages(shop(5))) {
            if (message.kind() == Kind.BAD_MESSAGE) {
                faults.add(text(message).substring(0, 2));
            } else if (message.value() != null) {
                JsonNode inventory = JSON.readTree(message.value()).path("inventory");
                assertEquals(message.lines(), inventory.size(), text(message));
                int bad = 0;
                for (JsonNode line : inventory) {
                    boolean good =
                            !line.path("warehouse_id").asText().isBlank()
                                    && line.path("quantity").isIntegralNumber();
                    bad += good ? 0 : 1;
                }
                assertEquals(message.badLines(), bad, text(message));
            }
        }
        assertTrue(faults.size() > 2, "faults of several kinds: " + faults);
    }

    @Test
    void isBusierByDayThanByNightAndOneOnAverage() {
        double sum = 0;
        for (long t = 0; t < ShopDay.MILLIS; t += 100) {
            sum += ShopDay.rhythm(START + t) * 100 / ShopDay.MILLIS;
        }
        assertEquals(1, sum, 1e-6);
        long midnight = START - START % ShopDay.MILLIS;
        assertTrue(ShopDay.rhythm(midnight) < 0.5);
        assertTrue(ShopDay.rhythm(midnight + ShopDay.MILLIS / 2) > 1.5);
    }

    private static Shop shop(long seed) throws IOException {
        List<JsonNode> catalog = new ArrayList<>();
        try (Stream<String> lines = Files.lines(Path.of("jobs/books/catalog.jsonl"))) {
            for (String line : (Iterable<String>) lines::iterator) {
                catalog.add(JSON.readTree(line));
            }
        }
        return new Shop(seed, catalog);
    }

    private static List<Message> messages(Shop shop) {
        List<Message> messages = new ArrayList<>(shop.opening(START));
        for (int i = 1; i <= STEPS; i++) {
            messages.add(shop.next(START + 5L * i));
        }
        Optional<Message> held;
        while ((held = shop.nextDelayed()).isPresent()) {
            messages.add(held.get());
        }
        return messages;
    }

    /** The newest time wins, of equal times the later message; independent of the job's code. */
    private static void read(
            Message message,
            Map<String, Long> newest,
            Map<String, Long> times,
            Map<String, Long> delisted)
            throws IOException {
        JsonNode document = JSON.readTree(message.value());
        long time = Instant.parse(document.path("event_time").asText()).toEpochMilli();
        assertTrue(time <= START + 5L * STEPS + 1000, () -> "a time to come: " + document);
        if (time < delisted.getOrDefault(message.key(), Long.MIN_VALUE)) {
            return;
        }
        for (JsonNode line : document.path("inventory")) {
            String warehouse = line.path("warehouse_id").asText();
            if (warehouse.isBlank() || !line.path("quantity").isIntegralNumber()) {
                continue;
            }
            String key = message.key() + "|" + warehouse;
            if (time >= times.getOrDefault(key, Long.MIN_VALUE)) {
                times.put(key, time);
                newest.put(key, line.path("quantity").asLong());
            }
        }
    }

    private static void assertBetween(
            double least, double most, Map<Kind, Integer> counts, Kind kind) {
        double share = counts.getOrDefault(kind, 0) / (double) STEPS;
        assertTrue(share >= least && share <= most, kind + ": " + share);
    }

    private static List<String> texts(List<Message> messages) {
        return messages.stream().map(m -> m.kind() + " " + m.key() + " " + text(m)).toList();
    }

    private static String text(Message message) {
        return message.value() == null ? "" : new String(message.value(), StandardCharsets.UTF_8);
    }
}
