package io.slackwater.pricing.demo;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;

/**
 * A file of inventory messages, one a line, plain or compressed with gzip, played in its order. The
 * messages are sent as they are; they are read here too, for the key and to know what must come
 * out, by other code than the job's.
 */
final class Recording implements Traffic {

    /** Fields that are not read may hold anything. */
    private static final ObjectMapper JSON =
            new ObjectMapper(
                    JsonFactory.builder()
                            .streamReadConstraints(
                                    StreamReadConstraints.builder()
                                            .maxNumberLength(Integer.MAX_VALUE)
                                            .maxNameLength(Integer.MAX_VALUE)
                                            .build())
                            .build());

    private static final int GZIP_MAGIC = 0x1f8b;

    private final Path file;
    private final double speed;
    private final LongSupplier clock;
    private final Map<String, Told> newest = new HashMap<>();

    /**
     * @param speed times real time, by {@code event_time}; 0: as fast as the machine can
     * @param clock epoch milliseconds
     */
    Recording(Path file, double speed, LongSupplier clock) {
        this.file = file;
        this.speed = speed;
        this.clock = clock;
    }

    /** The lines of a file, plain or compressed. */
    static BufferedReader open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        try (InputStream head = Files.newInputStream(file)) {
            if (((head.read() << 8) | head.read()) == GZIP_MAGIC) {
                in = new GZIPInputStream(in, 1 << 16);
            }
        } catch (IOException e) {
            in.close();
            throw e;
        }
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8), 1 << 16);
        lines.mark(1);
        if (lines.read() != '\uFEFF') {
            lines.reset(); // There is no byte order mark.
        }
        return lines;
    }

    @Override
    public void run(Feed feed, Stop stop) throws InterruptedException {
        try (BufferedReader lines = open(file)) {
            long began = clock.getAsLong();
            long firstEvent = Long.MIN_VALUE;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank()) {
                    continue;
                }
                JsonNode message = read(line);
                JsonNode when = message.path("event_time");
                long eventTime = when.isMissingNode() ? clock.getAsLong() : time(when);
                long due = 0;
                if (speed > 0 && eventTime != Long.MIN_VALUE) {
                    firstEvent = firstEvent == Long.MIN_VALUE ? eventTime : firstEvent;
                    due = began + (long) ((eventTime - firstEvent) / speed) - clock.getAsLong();
                }
                if (stop.within(Math.max(0, due))) {
                    return;
                }
                JsonNode product = message.path("product_id");
                String key = product.isTextual() ? product.asText() : null;
                feed.inventory(
                        "played",
                        key,
                        line.getBytes(StandardCharsets.UTF_8),
                        null,
                        message.path("inventory").size(),
                        0);
                if (key != null && eventTime != Long.MIN_VALUE) {
                    note(key, eventTime, message.path("inventory"));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " cannot be read", e);
        }
    }

    private void note(String product, long eventTime, JsonNode inventory) {
        Set<String> seen = new HashSet<>();
        Set<String> twice = new HashSet<>();
        for (JsonNode line : inventory) {
            String warehouse = line.path("warehouse_id").asText();
            if (!seen.add(warehouse)) {
                twice.add(warehouse);
            }
        }
        for (JsonNode line : inventory) {
            String warehouse = line.path("warehouse_id").asText();
            JsonNode quantity = line.path("quantity");
            boolean usable = quantity.isIntegralNumber() || quantity.isMissingNode();
            if (usable && !warehouse.isBlank() && !twice.contains(warehouse)) {
                // Among equal times the later message counts: a product's messages share a
                // partition.
                newest.merge(
                        PriceKey.of(product, warehouse),
                        new Told(eventTime, quantity.asLong(0)),
                        (old, now) -> now.eventTime() < old.eventTime() ? old : now);
            }
        }
    }

    private static JsonNode read(String line) {
        try {
            return JSON.readTree(line);
        } catch (JsonProcessingException e) {
            // A dead letter to be: the job says why.
            return JSON.missingNode();
        }
    }

    private static long time(JsonNode node) {
        if (node.isIntegralNumber()) {
            return node.asLong();
        }
        try {
            return OffsetDateTime.parse(node.asText()).toInstant().toEpochMilli();
        } catch (DateTimeException e) {
            return Long.MIN_VALUE;
        }
    }

    @Override
    public Map<String, Long> levels() {
        Map<String, Long> levels = new HashMap<>();
        newest.forEach((key, told) -> levels.put(key, told.quantity()));
        return levels;
    }

    @Override
    public OptionalLong unusable() {
        return OptionalLong.empty();
    }

    private record Told(long eventTime, long quantity) {}
}
