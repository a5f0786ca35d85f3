package io.slackwater.pricing.tools;

import io.slackwater.pricing.model.RuleStatus.Reason;
import java.nio.file.Path;
import java.util.Map;

/**
 * A rule book as somebody wrote it, in YAML or JSON.
 *
 * @param path where it lies; null: not in a file
 * @param document the book as JSON, with version 1 where the file says none; null when there is a
 *     fault
 * @param lines where each value stands, from line 1, by its JSON pointer
 * @param fault why it cannot be made JSON; null when it can
 */
record RuleFile(Path path, byte[] document, Map<String, Integer> lines, Reason fault) {

    /** A book that is in no file. */
    static RuleFile of(byte[] document) {
        return new RuleFile(null, document, Map.of(), null);
    }

    /** The line of a pointer, or of the nearest thing that holds it; 0 when it is not known. */
    int line(String pointer) {
        String at = pointer;
        while (!at.isEmpty() && !lines.containsKey(at)) {
            at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
        }
        return lines.getOrDefault(at, 0);
    }
}
