package io.slackwater.pricing.demo;

import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.tools.WhichJob;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;

/**
 * The settings file by which {@code jobs/rules --demo} finds the demo while it runs. It has no
 * password: the database trusts everyone on this machine.
 */
final class ToolSettings implements AutoCloseable {

    private final Path file;
    private final String text;

    private ToolSettings(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    /**
     * Writes the file.
     *
     * @param home the repository
     */
    static ToolSettings write(Path home, Settings settings) throws IOException {
        Properties known = new Properties();
        known.put("kafka.bootstrap.servers", settings.kafka().bootstrapServers());
        known.put("kafka.environment", settings.kafka().environment());
        known.put("pricing.book", settings.pricing().book());
        known.put(
                "rules.breaker.share.percent",
                Integer.toString(settings.pricing().breakerSharePercent()));
        known.put(
                "rules.breaker.move.percent",
                Integer.toString(settings.pricing().breakerMovePercent()));
        known.put("lake.enabled", Boolean.toString(settings.lake().enabled()));
        known.put("lake.catalog", settings.lake().catalog().name().toLowerCase(Locale.ROOT));
        known.put("lake.uri", settings.lake().uri());
        known.put("lake.user", settings.lake().user());
        known.put("lake.warehouse", settings.lake().warehouse());
        known.put("database.enabled", Boolean.toString(settings.database().enabled()));
        known.put("database.url", settings.database().url());
        known.put("database.user", settings.database().user());
        StringWriter text = new StringWriter();
        known.store(text, "Where the running demo is; it deletes this file when it ends.");
        Path file = home.resolve(WhichJob.DEMO);
        Files.writeString(file, text.toString());
        return new ToolSettings(file, text.toString());
    }

    /** Deletes what this demo wrote, and not what another one has written since. */
    @Override
    public void close() {
        try {
            if (Files.readString(file).equals(text)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            // Somebody has deleted it already.
        }
    }
}
