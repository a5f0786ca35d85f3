package io.slackwater.pricing.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.slackwater.pricing.json.InventoryDecoder;
import io.slackwater.pricing.model.InventoryMessage;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The small morning in a shop of {@code src/test/resources/golden}. */
public final class GoldenTraffic {

    /** Where the golden files lie. */
    public static final Path GOLDEN = Path.of("src/test/resources/golden");

    private static final long STOCK_TIME = Instant.parse("2026-11-21T08:10:00Z").toEpochMilli();
    private static final long RULES_TIME = Instant.parse("2026-11-21T07:00:00Z").toEpochMilli();

    private GoldenTraffic() {}

    /** The inventory messages, decoded. */
    public static List<InventoryMessage> inventory() throws IOException {
        InventoryDecoder decoder =
                new InventoryDecoder(
                        new InventoryDecoder.Limits(-1_000_000, 1_000_000, 600_000, 100), false);
        List<InventoryMessage> messages = new ArrayList<>();
        for (String line : lines("traffic/inventory.jsonl")) {
            boolean tombstone = line.endsWith("\tnull");
            messages.add(
                    decoder.decode(
                            tombstone ? bytes(line.substring(0, line.indexOf('\t'))) : null,
                            tombstone ? null : bytes(line),
                            "inventory_raw",
                            0,
                            messages.size(),
                            STOCK_TIME));
        }
        return messages;
    }

    /** The rule books. */
    public static List<RuleBookMessage> rules() throws IOException {
        List<RuleBookMessage> books = new ArrayList<>();
        for (String line : lines("traffic/rules.jsonl")) {
            Source source = new Source("pricing_rules", 0, books.size(), RULES_TIME);
            books.add(new RuleBookMessage(source, bytes("default"), bytes(line)));
        }
        return books;
    }

    /** The lines of a golden file. */
    public static List<String> lines(String file) throws IOException {
        return Files.readAllLines(GOLDEN.resolve(file));
    }

    /** Fails unless the lines are those of the file, in any order. */
    public static void assertSameLines(String file, Stream<String> actual) throws IOException {
        assertSameLines(lines(file), actual, file);
    }

    /** Fails unless the lines are the expected ones, in any order. */
    public static void assertSameLines(List<String> expected, Stream<String> actual, String what) {
        assertEquals(
                String.join("\n", expected.stream().sorted().toList()),
                String.join("\n", actual.sorted().toList()),
                what);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
