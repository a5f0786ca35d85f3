package io.slackwater.pricing.tools;

import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/**
 * The options that say which job a command speaks to: its settings, as the job itself reads them.
 */
public final class WhichJob {

    /** The settings file that a running demo writes and deletes when it ends; in the repository. */
    public static final String DEMO = "target/demo.properties";

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description =
                    "the settings of the job (default: jobs/pricing.properties). Secrets come from"
                            + " the environment: SLACKWATER_LAKE_PASSWORD")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a setting that counts more than the file's; may be given several times")
    private List<String> overrides = new ArrayList<>();

    @Option(names = "--demo", description = "speak to the demo that runs on this machine")
    private boolean demo;

    /**
     * Reads the settings.
     *
     * @throws CommandFailure when the options do not fit together
     * @throws io.slackwater.pricing.settings.SettingsException when a setting cannot be used
     */
    Settings read(Rules rules) {
        return read(rules.home(""), rules.environment());
    }

    /**
     * Reads the settings.
     *
     * @param home the repository
     * @param environment the variables for secrets
     * @throws CommandFailure when the options do not fit together
     * @throws io.slackwater.pricing.settings.SettingsException when a setting cannot be used
     */
    public Settings read(Path home, Map<String, String> environment) {
        List<String> args = new ArrayList<>();
        Path settings = file == null ? home.resolve("jobs/pricing.properties") : file;
        if (demo) {
            if (file != null) {
                throw CommandFailure.wrongUse("--demo and --settings exclude each other.");
            }
            settings = home.resolve(DEMO);
            if (!Files.exists(settings)) {
                throw CommandFailure.wrongUse(
                        "no demo runs on this machine; jobs/demo starts one.");
            }
        }
        args.add("--settings=" + settings);
        for (String override : overrides) {
            if (override.indexOf('=') < 1) {
                throw CommandFailure.wrongUse(
                        "--set is "
                                + Wording.quoted(override)
                                + "; allowed: KEY=VALUE, such as lake.uri=jdbc:postgresql:...");
            }
            args.add("--" + override);
        }
        return SettingsReader.read(args.toArray(String[]::new), environment);
    }

    /** What to say beside a complaint that no broker answers; empty: nothing. */
    String hint(Rules rules) {
        return !demo && Files.exists(rules.home(DEMO))
                ? " A demo runs on this machine: --demo speaks to it."
                : "";
    }
}
