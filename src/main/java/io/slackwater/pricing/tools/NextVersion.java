package io.slackwater.pricing.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.slackwater.pricing.connectors.WallClock;
import io.slackwater.pricing.model.RuleStatus.State;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.tools.RuleTopics.Published;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Publishes a change of the rule book as its next version, as {@code jobs/rules publish} does:
 * checked before, above every version that was ever tried, and once more where somebody else was
 * quicker. It does not wait for the job's answer.
 */
public final class NextVersion {

    private NextVersion() {}

    /**
     * Publishes the newest book with a change.
     *
     * @param settings which broker, and which book
     * @param clock the wall clock
     * @param change of the newest book that was not refused, which it may change and return
     * @return the version that it has
     * @throws IllegalStateException with one sentence, when there is no book, the changed one is
     *     faulty, or the broker does not answer
     */
    public static long publish(
            Settings settings, WallClock clock, UnaryOperator<ObjectNode> change) {
        StringWriter said = new StringWriter();
        try (RuleTopics topics = RuleTopics.open(settings, "")) {
            ObjectNode document = change.apply(newest(topics));
            byte[] bytes = JsonText.bytes(document);
            PublishOptions options = new PublishOptions();
            options.wait = Duration.ZERO;
            int code =
                    new Publication(topics, clock, options, new PrintWriter(said, true))
                            .publish(RuleFile.of(bytes), document);
            if (code != Rules.GOOD) {
                throw new IllegalStateException(said.toString().strip());
            }
            return document.path("version").asLong();
        } catch (CommandFailure e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /** A copy of the newest book that the job has not refused. */
    private static ObjectNode newest(RuleTopics topics) {
        Set<Long> refused = new HashSet<>();
        for (Answer answer : topics.answers()) {
            if (answer.state() == State.REJECTED) {
                refused.add(answer.version());
            }
        }
        List<Published> published = topics.published();
        for (int i = published.size() - 1; i >= 0; i--) {
            Published book = published.get(i);
            if (book.document() == null) {
                break; // It was retired.
            }
            if (!refused.contains(book.version())) {
                return JsonText.parse(book.document());
            }
        }
        throw new IllegalStateException("There is no rule book that could be changed.");
    }
}
