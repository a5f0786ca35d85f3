package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.slackwater.pricing.json.RuleBookReader;
import io.slackwater.pricing.model.RuleStatus.Reason;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What can be said against a rule book.
 *
 * @param fault whether the job would refuse it; else it is a warning
 * @param line where it stands in the file; 0 when that is not known
 * @param reason the code, the JSON pointer and the sentence
 */
record Finding(boolean fault, int line, Reason reason) {

    /**
     * A book that was checked.
     *
     * @param read what the reader says of it; null when it never came to that
     * @param findings faults first
     */
    record Checked(RuleBookReader.Result read, List<Finding> findings) {

        boolean isFaulty() {
            return findings.stream().anyMatch(Finding::fault);
        }
    }

    /**
     * Reads a book as the job would.
     *
     * @param now epoch milliseconds: a book or rule that ended before is over
     */
    static Checked check(RuleFile file, long now) {
        List<Finding> findings = new ArrayList<>();
        if (file.fault() != null) {
            findings.add(of(true, file, file.fault()));
            return new Checked(null, findings);
        }
        RuleBookReader.Result read = RuleBookReader.read(file.document());
        read.reasons().forEach(reason -> findings.add(of(true, file, reason)));
        RuleBookReader.warnings(file.document(), now)
                .forEach(reason -> findings.add(of(false, file, reason)));
        return new Checked(read, findings);
    }

    private static Finding of(boolean fault, RuleFile file, Reason reason) {
        return new Finding(fault, file.line(reason.path()), reason);
    }

    /** Such as {@code 2 faults and 1 warning}. */
    static String count(List<Finding> findings) {
        long faults = findings.stream().filter(Finding::fault).count();
        long warnings = findings.size() - faults;
        String text = count(faults, "fault");
        return warnings == 0 ? text : text + " and " + count(warnings, "warning");
    }

    private static String count(long number, String noun) {
        return (number == 0 ? "no" : number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** Prints each in two lines: where, and what. */
    static void print(List<Finding> findings, PrintWriter out) {
        for (Finding finding : findings) {
            StringBuilder where = new StringBuilder(finding.fault ? "  fault" : "  warning");
            if (finding.line > 0) {
                where.append("  line ").append(finding.line);
            }
            where.append("  ").append(path(finding.reason));
            out.println(HarmlessWriter.line(where.toString()));
            out.println(
                    "      "
                            + HarmlessWriter.line(finding.reason.message())
                            + " ("
                            + finding.reason.reason()
                            + ")");
        }
    }

    static String path(Reason reason) {
        return reason.path().isEmpty() ? "the whole document" : reason.path();
    }

    static void toJson(List<Finding> findings, ArrayNode array) {
        for (Finding finding : findings) {
            var object =
                    array.addObject()
                            .put("severity", finding.fault ? "fault" : "warning")
                            .put("reason", finding.reason.reason())
                            .put("path", finding.reason.path());
            if (finding.line > 0) {
                object.put("line", finding.line);
            }
            object.put("message", finding.reason.message());
        }
    }
}
