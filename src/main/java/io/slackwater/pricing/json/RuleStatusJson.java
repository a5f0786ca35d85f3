package io.slackwater.pricing.json;

import static io.slackwater.pricing.json.JsonBytes.name;

import io.slackwater.pricing.model.RuleStatus;
import java.util.ArrayList;
import java.util.List;

/** The records of {@code rule_status}. */
public final class RuleStatusJson implements RecordJson<RuleStatus> {

    /** Bytes of a book's name: a valid one has 256 characters at most. */
    private static final int MOST_NAME_BYTES = 1 << 10;

    private static final byte[] BOOK_ID = name("book_id");
    private static final byte[] VERSION = name("version");
    private static final byte[] STATUS = name("status");
    private static final byte[] EFFECTIVE_FROM = name("effective_from");
    private static final byte[] AT = name("at");
    private static final byte[] REASONS = name("reasons");
    private static final byte[] REASON = name("reason");
    private static final byte[] PATH = name("path");
    private static final byte[] MESSAGE = name("message");
    private static final byte[] EXAMINED = name("examined");
    private static final byte[] CHANGED = name("changed");
    private static final byte[] TOOK_MS = name("took_ms");
    private static final byte[] PROGRESS_PERCENT = name("progress_percent");
    private static final byte[] DECIDING_VERSION = name("deciding_version");

    private final JsonBytes json = new JsonBytes();

    /**
     * The key of a rule book's status, {@code book|version}, with nothing after the bar where the
     * version is not known. Bars and backslashes in the book's name get a backslash before them.
     */
    @Override
    public byte[] key(RuleStatus status) {
        return OutputKeys.of(
                bookId(status), status.version() == null ? "" : status.version().toString());
    }

    /** The book that a status is about: what the statuses of all its versions have in common. */
    public static byte[] book(RuleStatus status) {
        return OutputKeys.bytes(bookId(status));
    }

    /** The name that a Kafka key gives a book may be of any length, unlike that in its document. */
    private static String bookId(RuleStatus status) {
        return status.bookId() == null ? "" : JsonCut.toBytes(status.bookId(), MOST_NAME_BYTES);
    }

    /**
     * The value of a rule book's status, without the book's document, which stands on {@code
     * pricing_rules} and in the lake. Where it would be longer than the room, its last reasons are
     * left out, and one in their place says how many they were.
     */
    @Override
    public byte[] value(RuleStatus status, int room) {
        byte[] value = write(status, status.reasons());
        if (value.length <= room) {
            return value;
        }
        int fits = 0;
        int tooMany = status.reasons().size();
        value = write(status, first(status, fits));
        while (tooMany - fits > 1) {
            int kept = (fits + tooMany) / 2;
            byte[] candidate = write(status, first(status, kept));
            if (candidate.length <= room) {
                fits = kept;
                value = candidate;
            } else {
                tooMany = kept;
            }
        }
        return value;
    }

    private static List<RuleStatus.Reason> first(RuleStatus status, int kept) {
        List<RuleStatus.Reason> reasons = new ArrayList<>(status.reasons().subList(0, kept));
        reasons.add(
                new RuleStatus.Reason(
                        "TOO_MANY_FAULTS",
                        "",
                        "And "
                                + (status.reasons().size() - kept)
                                + " more, for which the topic has no room; the table"
                                + " pricing.rule_books has them all."));
        return reasons;
    }

    private byte[] write(RuleStatus status, List<RuleStatus.Reason> reasons) {
        json.begin();
        json.text(BOOK_ID, status.bookId() == null ? null : bookId(status));
        json.number(VERSION, status.version());
        json.text(STATUS, status.state().name());
        json.time(EFFECTIVE_FROM, status.effectiveFrom());
        json.time(AT, status.at());
        if (!reasons.isEmpty()) {
            json.open(REASONS, '[');
            for (RuleStatus.Reason reason : reasons) {
                json.open('{');
                json.text(REASON, reason.reason());
                json.text(PATH, reason.path());
                json.text(MESSAGE, reason.message());
                json.close('}');
            }
            json.close(']');
        }
        json.number(EXAMINED, status.examined());
        json.number(CHANGED, status.changed());
        json.number(TOOK_MS, status.tookMillis());
        json.number(PROGRESS_PERCENT, status.progressPercent());
        json.number(DECIDING_VERSION, status.deciding());
        return json.end();
    }
}
