package io.slackwater.pricing.tools;

import io.slackwater.pricing.connectors.LakeReader;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsException;
import java.io.IOException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** Where the lake is: the options of every command that reads it, and how it is opened. */
final class LakeOptions {

    /** Exit code: the question is answered, and the answer is good. */
    static final int GOOD = Rules.GOOD;

    /** Exit code: the question is answered with no, or there is nothing to answer it from. */
    static final int NO = Rules.NO;

    /** Exit code: wrong use, or the lake cannot be read. */
    static final int WRONG = Rules.WRONG_USE;

    @Mixin private WhichJob job;

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
            Settings settings = job.read(Rules.of(command));
            try (LakeReader lake = LakeReader.open(settings.lake())) {
                return work.with(lake, settings);
            }
        } catch (SettingsException
                | LakeReader.Unreadable
                | CommandFailure
                | WrongUse
                | IOException e) {
            command.commandLine()
                    .getErr()
                    .println(command.qualifiedName() + ": " + Wording.lines(e.getMessage()));
            return WRONG;
        }
    }
}
