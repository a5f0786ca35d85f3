package io.slackwater.pricing.tools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * What {@code jobs/rules} did and said.
 *
 * @param code the exit code
 * @param out what it printed
 * @param err what it complained of
 */
record RulesRun(int code, String out, String err) {

    /** Runs {@code jobs/rules} in this repository, now. */
    static RulesRun of(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                Rules.run(
                        args,
                        new PrintStream(out, true),
                        new PrintStream(err, true),
                        Map.of(),
                        System::currentTimeMillis,
                        Path.of(""));
        RulesRun run =
                new RulesRun(
                        code,
                        out.toString(StandardCharsets.UTF_8),
                        err.toString(StandardCharsets.UTF_8));
        assertTrue(
                (run.out + run.err).chars().allMatch(c -> c == '\n' || !Character.isISOControl(c)),
                run::toString);
        return run;
    }

    /** Fails unless it ended with this exit code. */
    RulesRun ends(int expected) {
        assertEquals(expected, code, this::toString);
        return this;
    }

    /** Fails unless it printed each of these. */
    RulesRun says(String... texts) {
        for (String text : texts) {
            assertTrue(out.contains(text), () -> "no '" + text + "' in " + this);
        }
        return this;
    }

    /** Fails unless it complained in one line that has this in it. */
    RulesRun complains(String text) {
        assertEquals(1, err.lines().count(), this::toString);
        assertTrue(err.contains(text), () -> "no '" + text + "' in " + this);
        return this;
    }

    /** What {@code --json} printed. */
    JsonNode json() throws IOException {
        return new ObjectMapper().readTree(out);
    }

    @Override
    public String toString() {
        return "exit code " + code + "\n" + out + err;
    }
}
