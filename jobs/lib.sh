# What the scripts beside it share. Sourced, never run: bash 3.2 or later, on Linux and macOS.
# shellcheck shell=bash

# The repository, whatever the working directory. The scripts may be called through a link.
here=$(cd -P "$(dirname "$(readlink "${BASH_SOURCE[1]}" || echo "${BASH_SOURCE[1]}")")" && pwd)
home=$(dirname "$here")
me=jobs/$(basename "${BASH_SOURCE[1]}")

# One clear line; exit code 2: nothing was started.
refuse() {
    echo "$me: $*" >&2
    exit 2
}

# One clear line; exit code 1: it was started and failed.
fail() {
    echo "$me: $*" >&2
    exit 1
}

# The processes started from here write their log so; see flink-conf/log4j.properties.
[[ ${SLACKWATER_LOG:-text} =~ ^(text|json)$ ]] || refuse "SLACKWATER_LOG is '$SLACKWATER_LOG'; text or json is allowed."

# Sets $java, of version 17 or later.
need_java() {
    if [[ -n ${JAVA_HOME:-} ]]; then
        java=$JAVA_HOME/bin/java
        [[ -x $java ]] || refuse "JAVA_HOME is $JAVA_HOME, where there is no bin/java; a JDK of version 17 or later is needed."
    else
        java=$(command -v java) || refuse "there is no java on the PATH and JAVA_HOME is not set; a JDK of version 17 or later is needed."
    fi
    local version
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1) || true
    [[ $version =~ ^[0-9]+$ ]] || refuse "$java does not say its version; a JDK of version 17 or later is needed."
    ((version >= 17)) || refuse "$java is of version $version; a JDK of version 17 or later is needed."
}

# need_disk DIR: at least 1 GiB free where DIR is or will be.
need_disk() {
    local dir=$1 free
    while [[ ! -d $dir ]]; do dir=$(dirname "$dir"); done
    free=$(df -Pk "$dir" | awk 'NR == 2 { print $4 }')
    ((free >= 1024 * 1024)) || refuse "$dir has $((free / 1024)) MiB free; 1024 MiB are needed."
}

# Builds what is missing or older than its source: need_build, or need_build jar.
need_build() {
    local built=$home/target/.built classes=$home/target/classes/io/slackwater/pricing
    # Maven compiles all classes or none: any of them tells when.
    local reference=$classes/model/StockLevel.class
    [[ $built -nt $reference ]] && reference=$built
    [[ ${1:-} == jar ]] && reference=$home/target/slackwater-pricing-0.1.0-job.jar
    if [[ -f $home/target/classpath.txt && -d $classes && -f $reference ]]; then
        [[ -n $(find "$home/src/main" "$home/pom.xml" -type f -newer "$reference") ]] || return 0
    fi
    command -v mvn >/dev/null || refuse "the project is not built and there is no mvn on the PATH; Maven 3.8 or later is needed."
    [[ -x $(dirname "$(readlink -f "$java" || echo "$java")")/javac ]] ||
        refuse "$java belongs to a JRE; a JDK of version 17 or later is needed to build."
    echo "Building (the first time takes a minute or two) ..." >&2
    (cd "$home" && mvn -q -B -ntp -DskipTests package) >&2 || fail "the build failed; see above."
    touch "$built"
}

# Whether somebody listens on this port here.
in_use() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Prints a port on which nobody listens.
free_port() {
    local port
    for _ in {1..200}; do
        port=$((20000 + RANDOM % 12000))
        in_use "$port" || { echo "$port" && return; }
    done
    refuse "no free port was found between 20000 and 32000."
}

# is_port NAME VALUE
need_port() {
    [[ $2 =~ ^[0-9]{1,5}$ ]] && (($2 <= 65535)) || refuse "$1 is '$2'; a port from 0 (any free one) to 65535 is allowed."
}

# What the JVM of a Flink process must open on Java 17 and later, as the pom says it.
flink_opens() {
    sed -n 's/.*<flink.jvm.opens>\(.*\)<\/flink.jvm.opens>.*/\1/p' "$home/pom.xml"
}

# The classes and everything that they need, broker and database included.
app_classpath() {
    echo "$home/target/classes:$(cat "$home/target/classpath.txt")"
}
