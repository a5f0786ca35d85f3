package io.slackwater.pricing.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of metrics that the docs have, as data. */
public final class MetricsTable {

    public static final Path FILE = Path.of("docker/metrics.md");

    private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| (\\w+) \\|.*\\|");

    private MetricsTable() {}

    /** Every metric of the table with its type, as Prometheus knows them. */
    public static Map<String, String> read() throws IOException {
        Map<String, String> types = new TreeMap<>();
        for (String line : Files.readAllLines(FILE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && types.put(row.group(1), row.group(2)) != null) {
                throw new IllegalStateException(row.group(1) + " is twice in " + FILE);
            }
        }
        return types;
    }
}
