package io.slackwater.pricing.json;

import io.slackwater.pricing.model.RuleStatus.Reason;
import java.util.ArrayList;
import java.util.List;

/** Collects the faults of one rule book, as many as an answer may hold. */
final class BookFaults {

    /** The most reasons of an answer, so that it can always be published (below 1 MB). */
    static final int MOST_REASONS = 500;

    /** The most characters of all reasons, each at most three bytes, for the same purpose. */
    private static final int MOST_CHARACTERS = 200_000;

    private final List<Reason> reasons = new ArrayList<>();
    private int count;
    private int length;

    void add(String reason, String path, String message) {
        count++;
        length += path.length() + message.length();
        if (count <= MOST_REASONS && length <= MOST_CHARACTERS) {
            reasons.add(new Reason(reason, path, message));
        }
    }

    /** The faults so far. */
    int count() {
        return count;
    }

    /** The faults so far, at most {@value #MOST_REASONS} and one line about the rest. */
    List<Reason> reasons() {
        List<Reason> told = new ArrayList<>(reasons);
        if (count > reasons.size()) {
            told.add(
                    new Reason(
                            "TOO_MANY_FAULTS",
                            "",
                            "The book has %d more faults; the first %d are told."
                                    .formatted(count - reasons.size(), reasons.size())));
        }
        return List.copyOf(told);
    }
}
