package io.slackwater.pricing.tools;

import io.slackwater.pricing.connectors.LakeReader;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsException;
import io.slackwater.pricing.settings.SettingsReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Where the lake is: the options of every command that reads it, and how it is opened. */
final class LakeOptions {

    /** Exit code: the question is answered, and the answer is good. */
    static final int GOOD = 0;

    /** Exit code: the question is answered with no, or there is nothing to answer it from. */
    static final int NO = 1;

    /** Exit code: wrong use, or the lake cannot be read. */
    static final int WRONG = 2;

    @Option(
            names = "--settings",
            paramLabel = "FILE",
            description = "the settings of the job (default: the built-in ones)")
    private String file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "one setting of the job, such as --set lake.uri=...; may be repeated")
    private List<String> values = new ArrayList<>();

    /** What a command does with the lake. */
    @FunctionalInterface
    interface Work {
        /**
         * @return the exit code
         * @throws WrongUse when the command line asks for what cannot be
         */
        int with(LakeReader lake, Settings settings);
    }

    /** The command line asks for what cannot be; the message says what is allowed. */
    static final class WrongUse extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongUse(String message) {
            super(message);
        }
    }

    /**
     * Opens the lake, does the work and closes it. What is wrong with settings, lake or command
     * line is told in one line each on the error output.
     *
     * @return the exit code
     */
    int read(CommandSpec command, Work work) {
        try {
            Settings settings = settings();
            try (LakeReader lake = LakeReader.open(settings.lake())) {
                return work.with(lake, settings);
            }
        } catch (SettingsException | LakeReader.Unreadable | WrongUse | IOException e) {
            command.commandLine()
                    .getErr()
                    .println(command.qualifiedName() + ": " + Wording.lines(e.getMessage()));
            return WRONG;
        }
    }

    private Settings settings() {
        List<String> args = new ArrayList<>();
        if (file != null) {
            args.add("--settings=" + file);
        }
        for (String value : values) {
            if (value.indexOf('=') < 1) {
                throw new WrongUse(
                        "--set is "
                                + Wording.quoted(value)
                                + "; allowed: KEY=VALUE, such as lake.uri=jdbc:postgresql:...");
            }
            args.add("--" + value);
        }
        return SettingsReader.read(args.toArray(String[]::new), System.getenv());
    }
}
