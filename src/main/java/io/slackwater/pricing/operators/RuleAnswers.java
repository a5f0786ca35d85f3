package io.slackwater.pricing.operators;

import io.slackwater.pricing.model.DeadLetter;
import io.slackwater.pricing.model.RuleBookMessage;
import io.slackwater.pricing.model.RuleStatus;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.rules.BookCalendar.Term;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what comes on {@code pricing_rules}: each answer goes to {@code rule_status}, is logged
 * and counted. What is not even a rule book becomes a dead letter.
 */
final class RuleAnswers {

    private static final Logger LOG = LoggerFactory.getLogger(AcceptRuleBooks.class);

    private final String pricingBook;
    private final Counter refused;
    private final DeadLetterCount dead;

    /** Where answers go. */
    interface Side {
        <X> void output(OutputTag<X> tag, X value);
    }

    /**
     * @param pricingBook the book that prices
     */
    RuleAnswers(String pricingBook, MetricGroup metrics) {
        this.pricingBook = pricingBook;
        refused = metrics.counter("ruleBooksRefused");
        dead = new DeadLetterCount(metrics);
    }

    /** A book, or the retirement of one, that prices nothing here. */
    void ignored(Side side, String bookId, Long version, long reached, RuleBookMessage message) {
        send(side, bookId, version, State.IGNORED, null, reached, List.of(), message, null);
    }

    /**
     * A version that is not newer than those known.
     *
     * @param deciding the version that decides; null: none
     */
    void stale(Side side, long version, long reached, RuleBookMessage message, Term deciding) {
        send(side, pricingBook, version, State.STALE, null, reached, List.of(), message, deciding);
    }

    /**
     * A version that does not count.
     *
     * @param version null where it cannot be read
     * @param deciding the version that decides; null: none
     */
    void rejected(
            Side side,
            Long version,
            long reached,
            List<Reason> reasons,
            RuleBookMessage message,
            Term deciding) {
        refused.inc();
        send(side, pricingBook, version, State.REJECTED, null, reached, reasons, message, deciding);
    }

    /**
     * A version that was accepted.
     *
     * @param state how it stands
     * @param deciding the version that decides; null: none
     */
    void accepted(
            Side side,
            Term term,
            State state,
            long reached,
            RuleBookMessage message,
            Term deciding) {
        send(
                side,
                pricingBook,
                term.version(),
                state,
                term.period().from(),
                reached,
                List.of(),
                message,
                deciding);
    }

    /** A version that a retirement took back. */
    void retired(Side side, long version, long reached, RuleBookMessage message) {
        send(side, pricingBook, version, State.RETIRED, null, reached, List.of(), message, null);
    }

    /**
     * What becomes of an accepted version at a moment.
     *
     * @param deciding the version that decides from then on; null: none
     */
    void changed(Side side, Term term, State state, long moment, Term deciding) {
        long from = term.period().from();
        send(
                side,
                pricingBook,
                term.version(),
                state,
                state == State.ACTIVE ? Math.max(from, moment) : from,
                moment,
                List.of(),
                null,
                deciding);
    }

    private void send(
            Side side,
            String bookId,
            Long version,
            State state,
            Long effectiveFrom,
            long reached,
            List<Reason> reasons,
            RuleBookMessage message,
            Term deciding) {
        LOG.info(
                "Rule book {}@{} is {}{}",
                bookId,
                version,
                state,
                reasons.isEmpty() ? "" : ": " + told(reasons));
        side.output(
                AcceptRuleBooks.STATUS,
                new RuleStatus(
                        bookId,
                        version,
                        state,
                        effectiveFrom,
                        reached == Long.MIN_VALUE ? null : reached,
                        reasons,
                        null,
                        null,
                        null,
                        null,
                        message == null ? null : message.source().timestamp(),
                        message == null ? null : text(message.document()),
                        deciding == null ? null : deciding.version()));
    }

    /** The first few; all of them stand on rule_status. */
    private static String told(List<Reason> reasons) {
        String told =
                reasons.stream()
                        .limit(3)
                        .map(reason -> reason.path() + " " + reason.message())
                        .collect(Collectors.joining("; "));
        return reasons.size() > 3 ? told + "; and " + (reasons.size() - 3) + " more" : told;
    }

    /** A document for the history; null where there is none, or where it is not text. */
    private static String text(byte[] document) {
        if (document == null) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(document)).toString();
        } catch (CharacterCodingException notText) {
            return null;
        }
    }

    /** A message that cannot be answered, for it names no book. */
    void deadLetter(Side side, DeadLetter letter) {
        dead.count(letter);
        side.output(AcceptRuleBooks.DEAD_LETTERS, letter);
    }
}
