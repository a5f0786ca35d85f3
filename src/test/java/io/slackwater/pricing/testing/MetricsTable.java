package io.slackwater.pricing.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of metrics in {@code docker/metrics.md}, as data. */
public final class MetricsTable {

    public static final Path FILE = Path.of("docker/metrics.md");

    /** What all names of the following rows begin with. */
    private static final Pattern PREFIX = Pattern.compile(".*\\bbegins? with `(\\w+)`\\..*");

    private static final Pattern ROW =
            Pattern.compile("\\| `(\\w+)` \\| (gauge|summary|counter|histogram) \\|.*\\|");

    private MetricsTable() {}

    /** Every metric of Flink processes in the table with its type, as Prometheus knows them. */
    public static Map<String, String> read() throws IOException {
        Map<String, String> types = new TreeMap<>();
        String prefix = "";
        for (String line : Files.readAllLines(FILE)) {
            Matcher begin = PREFIX.matcher(line);
            Matcher row = ROW.matcher(line);
            if (begin.matches()) {
                prefix = begin.group(1);
            } else if (row.matches() && types.put(prefix + row.group(1), row.group(2)) != null) {
                throw new IllegalStateException(prefix + row.group(1) + " is twice in " + FILE);
            }
        }
        return types;
    }
}
