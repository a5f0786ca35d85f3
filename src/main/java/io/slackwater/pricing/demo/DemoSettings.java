package io.slackwater.pricing.demo;

import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsException;
import io.slackwater.pricing.settings.SettingsReader;
import io.slackwater.pricing.tools.LocalFlink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;

/** The settings of the job and of Flink in the demo. */
final class DemoSettings {

    private DemoSettings() {}

    /**
     * Returns the settings of the job.
     *
     * @param dir where the lake is
     * @throws SettingsException when the user's own settings are wrong
     */
    static Settings job(DemoOptions options, Path dir, Broker broker, Database database) {
        List<String> settings =
                new ArrayList<>(
                        List.of(
                                "--kafka.bootstrap.servers=" + broker.bootstrapServers(),
                                "--kafka.environment=demo",
                                "--kafka.topics.create=true",
                                "--lake.uri=" + database.url(),
                                "--lake.user=" + database.user(),
                                "--lake.warehouse=" + dir.resolve("lake").toUri(),
                                "--database.url=" + database.url(),
                                "--database.user=" + database.user()));
        if (options.messages() == null) {
            // Windows that a user who watches for a minute sees close.
            settings.add("--metrics.window=10s");
        } else {
            // A history: event time is its own, and does not follow the wall clock within a demo.
            settings.add("--input.idle.after=0s");
        }
        settings.addAll(options.settings());
        Map<String, String> secrets = new HashMap<>(System.getenv());
        secrets.put(SettingsReader.DATABASE_PASSWORD, database.password());
        secrets.put(SettingsReader.LAKE_PASSWORD, database.password());
        return SettingsReader.read(settings.toArray(String[]::new), secrets);
    }

    /**
     * Returns the configuration of Flink.
     *
     * @param home the repository
     * @param dir where checkpoints, savepoints and temporary files are
     */
    static Configuration flink(Path home, Path dir, int uiPort) throws IOException {
        Configuration flink = LocalFlink.configuration(home.resolve("flink-conf"), uiPort);
        flink.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                dir.resolve("checkpoints").toUri().toString());
        flink.set(
                CheckpointingOptions.SAVEPOINT_DIRECTORY,
                dir.resolve("savepoints").toUri().toString());
        flink.set(CoreOptions.TMP_DIRS, dir.resolve("flink").toString());
        // Counters come with the heartbeats, and a user is watching.
        flink.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
        return flink;
    }
}
