package dev.sotto.openai.error;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.HttpStatusCode;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/** What the server refuses before any controller is asked, in OpenAI's shape. */
@Controller
class ErrorPage implements ErrorController {
  @RequestMapping("${server.error.path:/error}")
  @io.swagger.v3.oas.annotations.Hidden
  void show(HttpServletRequest request, HttpServletResponse response) throws IOException {
    int status =
        request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
            ? code
            : 404;
    ApiErrors.write(
        response,
        status >= 500 ? Faults.bug() : ErrorAdvice.of(HttpStatusCode.valueOf(status), request));
  }
}
