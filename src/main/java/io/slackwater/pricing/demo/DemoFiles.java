package io.slackwater.pricing.demo;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.slackwater.pricing.tools.RuleFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The rule books, the catalog and the messages that the demo sends: the user's files, or its own.
 */
final class DemoFiles {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final DemoOptions options;
    private final Path home;

    /**
     * @param home the repository
     */
    DemoFiles(DemoOptions options, Path home) {
        this.options = options;
        this.home = home;
    }

    /**
     * Checks the user's files.
     *
     * @throws IllegalArgumentException when one cannot be read
     */
    void check() {
        Stream.of(options.messages(), options.rules(), options.catalog())
                .filter(Objects::nonNull)
                .filter(file -> !Files.isReadable(file))
                .findFirst()
                .ifPresent(
                        file -> {
                            throw new IllegalArgumentException(
                                    "there is no file " + file + " to read.");
                        });
    }

    /** Publishes the rule book and the catalog, and returns when the broker has them. */
    void publish(Feed feed) throws IOException {
        Path rules =
                options.rules() == null ? home.resolve("jobs/books/default.json") : options.rules();
        byte[] document = RuleFiles.withoutMark(Files.readAllBytes(rules));
        feed.ruleBook(JSON.readTree(document).path("book_id").asText(null), document);
        for (JsonNode entry : catalog()) {
            feed.catalogEntry(entry.path("product_id").asText(null), JSON.writeValueAsBytes(entry));
        }
        feed.flush();
    }

    /** Returns the rule book that follows by itself, unless the user has rules or messages. */
    byte[] secondRuleBook() throws IOException {
        return Files.readAllBytes(home.resolve("jobs/books/default-v2.json"));
    }

    /** Returns whether the rule book changes by itself. */
    boolean hasSecondRuleBook() {
        return options.rules() == null && options.messages() == null;
    }

    /** Returns what moves stock: the shop, or the user's messages. */
    Traffic traffic() throws IOException {
        return options.messages() == null
                ? new ShopTraffic(
                        new Shop(options.seed(), catalog()),
                        options.rate(),
                        System::currentTimeMillis)
                : new Recording(options.messages(), options.speed(), System::currentTimeMillis);
    }

    /** Empty where the user plays messages without a catalog. */
    private List<JsonNode> catalog() throws IOException {
        Path file =
                options.catalog() == null && options.messages() == null
                        ? home.resolve("jobs/books/catalog.jsonl")
                        : options.catalog();
        List<JsonNode> entries = new ArrayList<>();
        if (file == null) {
            return entries;
        }
        try (BufferedReader lines = Recording.open(file)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    entries.add(JSON.readTree(line));
                }
            }
        }
        return entries;
    }
}
