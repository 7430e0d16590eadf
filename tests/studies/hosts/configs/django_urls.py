import django.http
import django.urls
import work

urlpatterns = [django.urls.path("", lambda request: django.http.JsonResponse(work.do()))]
