package io.slackwater.pricing.demo;

import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.tools.WhichJob;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;

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
        StringWriter text = new StringWriter();
        settings.toProperties()
                .store(text, "Where the running demo is; it deletes this file when it ends.");
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
