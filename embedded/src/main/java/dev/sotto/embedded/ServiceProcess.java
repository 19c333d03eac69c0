package dev.sotto.embedded;

import dev.sotto.embedded.process.JvmProgram;
import dev.sotto.embedded.process.ParentWatch;
import dev.sotto.models.shard.ShardException;
import dev.sotto.platform.start.ServiceStart;
import java.net.BindException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import org.springframework.boot.web.server.PortInUseException;

/**
 * A process that runs services, each in a Spring context of its own, all started at once. If one of
 * them cannot start, or the process's parent ends, all end.
 *
 * <p>Arguments: the folder of settings, then services by name.
 */
public final class ServiceProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceProcess.class);

  private ServiceProcess() {}

  /** Starts, and returns while they start. */
  public static void main(String[] args) {
    ParentWatch.start(System.in);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install(); // Tomcat's log is the JDK's
    for (String name : List.of(args).subList(1, args.length)) {
      ServiceName service = ServiceName.of(name);
      Thread.ofPlatform().name("start-" + name).start(() -> start(service, args[0]));
    }
  }

  private static void start(ServiceName service, String settings) {
    try {
      String file = service.configName() + ".yml";
      ServiceStart.of(service.mainClass(), service.configName())
          .config(Path.of(settings, file))
          .run();
    } catch (Throwable e) {
      ShardException shard = cause(e, ShardException.class);
      if (shard != null) {
        LOG.error("{} does not start: {}", service.configName(), shard.getMessage());
        System.exit(JvmProgram.SHARD_UNUSABLE);
      }
      LOG.error("{} does not start", service.configName(), e);
      System.exit(portTaken(e) ? JvmProgram.PORT_TAKEN : 1);
    }
  }

  private static boolean portTaken(Throwable e) {
    return cause(e, PortInUseException.class) != null || cause(e, BindException.class) != null;
  }

  private static <T extends Throwable> @Nullable T cause(Throwable e, Class<T> type) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }
}
