package io.slackwater.pricing.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.regex.Pattern;

/** The files of the page, from the class path. */
final class PageFiles {

    /**
     * Files of the page: all that lies in {@code dashboard/} on the class path and has such a name.
     * It has no slash and no two dots, so that no other folder can be named.
     */
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*\\.(css|js|svg)");

    private static final Map<String, String> TYPES =
            Map.of(
                    "css", "text/css; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "svg", "image/svg+xml");

    private static final String CHARTS = "chart.umd.min.js";
    private static final String CHARTS_RESOURCE =
            "META-INF/resources/webjars/chart.js/4.5.1/dist/" + CHARTS;

    private PageFiles() {}

    /**
     * A file.
     *
     * @param type its media type
     */
    record PageFile(String type, byte[] content) {}

    /** Returns the page itself. */
    static PageFile index() throws IOException, Refused {
        return new PageFile("text/html; charset=utf-8", content("dashboard/index.html"));
    }

    /**
     * Returns a file that the page loads.
     *
     * @throws Refused when there is none of this name
     */
    static PageFile named(String name) throws IOException, Refused {
        if (!name.equals(CHARTS) && !NAME.matcher(name).matches()) {
            throw new Refused(404, "There is nothing here.");
        }
        return new PageFile(
                TYPES.get(name.substring(name.lastIndexOf('.') + 1)),
                content(name.equals(CHARTS) ? CHARTS_RESOURCE : "dashboard/" + name));
    }

    private static byte[] content(String resource) throws IOException, Refused {
        try (InputStream file = PageFiles.class.getClassLoader().getResourceAsStream(resource)) {
            if (file == null) {
                throw new Refused(404, "There is nothing here.");
            }
            return file.readAllBytes();
        }
    }
}
